/**
 * A process that a hostile Server talks to, so that its memory can be measured: a Client with the defaults, one whose
 * `messages` nobody pulls, or a device in one wake. Started with its kind, a port, and a directory; says how much
 * memory it uses when asked, and how it ended.
 */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as Stream from "effect/Stream"
import * as NodeSocket from "../../src/adapters/node/Socket.ts"
import * as Client from "../../src/programs/client/Client.ts"
import { at, deviceConfig, live, tags } from "../programs/device/support.ts"

/** `bytes` are what is still in use after the rest was collected. */
export type Report = { readonly _tag: "Holds"; readonly bytes: number } | { readonly _tag: "Ready" } | {
  readonly _tag: "Ended"
  readonly why: string
}

const [kind = "", port = "", directory = ""] = process.argv.slice(2)
const endpoint = { host: "127.0.0.1", port: Number(port) }

const say = (report: Report) => process.send?.(report)

process.on("message", () => {
  // The second waits for what the first has left to be swept beside the program.
  globalThis.gc?.()
  globalThis.gc?.()
  const { arrayBuffers, heapUsed } = process.memoryUsage()
  say({ _tag: "Holds", bytes: heapUsed + arrayBuffers })
})

const client = Effect.gen(function*() {
  const client = yield* Client.make({ endpoint, clientId: "victim", reconnect: false })
  if (kind === "idle client") {
    yield* Effect.forkChild(Stream.runForEach(client.messages, () => Effect.never), { startImmediately: true })
  }
  say({ _tag: "Ready" })
  const last = client.status.pipe(Stream.filter((status) => status._tag === "Disconnected"), Stream.take(1),
    Stream.runCollect)
  return (yield* last).map(({ reason }) => reason._tag + " " + reason.message).join()
}).pipe(Effect.scoped, Effect.provide(Layer.merge(NodeSocket.layer, Logger.layer([]))))

const device = Effect.map(
  live(
    deviceConfig({ awake_timeout: 8, mqtt: { ...at(endpoint), config_wait_time: 8, reconnect: { enabled: false } } }),
    directory
  ),
  (events) => tags(events).join(" ")
)

const why = await Effect.runPromise(kind === "device" ? device : Effect.orDie(client))
process.send?.({ _tag: "Ended", why } satisfies Report, () => process.disconnect())
