/**
 * Several Servers that act as one, on the loopback interface, in a directory of their own. A message that one of them has
 * acknowledged survives the loss of that one.
 */
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import * as TcpServer from "../support/tcpServer.ts"
import type { Child } from "./Child.ts"

export interface Node extends Child {
  /** Where it speaks MQTT. */
  readonly port: number
}

export interface Cluster {
  /** What it is, and of which versions. */
  readonly words: string
  readonly nodes: ReadonlyArray<Node>
  /** A port with HAProxy, which chooses among the first two nodes. */
  readonly balanced: number
  /** Where the logs are. */
  readonly directory: string
}

/** A kind of cluster, and what must be installed for it. */
export interface Kind {
  readonly name: "rabbitmq" | "nats" | "aedes"
  /** Programs that are missing on this machine. */
  readonly missing: ReadonlyArray<string>
  readonly make: Effect.Effect<Cluster, never, Scope.Scope>
}

/** Ports below those that the system gives to connections, so that a node finds its port free when it is started again. */
const [lowest, highest] = [20_000, 32_000] as const

const areFree = async (ports: ReadonlyArray<number>): Promise<boolean> =>
  (await Promise.all(ports.map((port) => TcpServer.accepts(port)))).every((isTaken) => !isTaken)

/** So many ports in a row on which nobody listens. */
export const ports = (count: number): Effect.Effect<ReadonlyArray<number>> =>
  Effect.promise(async () => {
    while (true) {
      const first = lowest + Math.floor(Math.random() * (highest - lowest))
      const found = Array.from({ length: count }, (_, index) => first + index)
      if (await areFree(found)) return found
    }
  })

export { temporary } from "../support/directory.ts"

/** The numbers of the nodes. */
export const three = [1, 2, 3] as const

/** Those of these programs that are not installed. */
export const missing = (programs: Readonly<Record<string, string | undefined>>): ReadonlyArray<string> =>
  Object.entries(programs).flatMap(([name, file]) => file === undefined ? [name] : [])
