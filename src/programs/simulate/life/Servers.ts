/** The Servers of a simulated device, of which a story takes all away or one. */
import * as BrokerList from "../../../domain/config/BrokerList.ts"
import type { DeviceConfig } from "../../../domain/config/DeviceConfig.ts"
import type { ServerState, Stage } from "./Story.ts"

export interface Adapters<World> {
  /** One more Server, at `host:port`. */
  readonly addServer: (world: World, name: string) => void
  /** Without a name, the one that every other address leads to. */
  readonly setServer: (world: World, condition: ServerState, name?: string) => void
}

/** `show`: a picture of the days has one Server. */
export const make = <World>(
  { mqtt }: DeviceConfig,
  { addServer, setServer }: Adapters<World>,
  world: World,
  show: (condition: ServerState) => void
): Stage["setServer"] => {
  const names = BrokerList.addressesOf(mqtt).map(BrokerList.nameOf)
  const conditions: Array<ServerState> = names.map(() => "up")
  for (const name of names.slice(1)) addServer(world, name)
  return (condition, place) => {
    names.forEach((name, at) => {
      if (place !== undefined && place !== at) return
      conditions[at] = condition
      setServer(world, condition, at === 0 ? undefined : name)
    })
    // There is a Server as long as one of them is there.
    show(conditions.find((each) => each === "up") ?? conditions[0] ?? condition)
  }
}
