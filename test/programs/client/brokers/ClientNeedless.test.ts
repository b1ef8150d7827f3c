/**
 * SUBSCRIBE and UNSUBSCRIBE that the Client sends to real Servers: those that something is asked for with, and no
 * other.
 */
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import * as path from "node:path"
import { describe, expect, it } from "vitest"
import * as Framer from "../../../../src/domain/packet/Framer.ts"
import * as Packet from "../../../../src/domain/packet/Packet.ts"
import { type Connection, type Endpoint, Socket } from "../../../../src/ports/Socket.ts"
import * as Client from "../../../../src/programs/client/Client.ts"
import * as Aedes from "../../../support/aedes.ts"
import * as Mosquitto from "../../../support/mosquitto.ts"
import { run } from "../../../support/runClient.ts"

const words = (packet: Packet.Packet): ReadonlyArray<string> =>
  packet._tag === "Subscribe" ? ["SUBSCRIBE " + packet.subscriptions.map(({ qos, topicFilter }) =>
    `${topicFilter}:${qos}`
  ).join(" ")]
    : packet._tag === "Unsubscribe" ? ["UNSUBSCRIBE " + packet.topicFilters.join(" ")]
    : packet._tag === "Connect" ? ["CONNECT"]
    : []

/** A Client, what it has sent of that kind, and what breaks its connection. */
const watched = (options: Client.ClientOptions) =>
  Effect.gen(function*() {
    const inner = yield* Socket
    const sent: Array<string> = []
    let cut: Effect.Effect<void> = Effect.void
    const watch = (connection: Connection): Connection => {
      cut = connection.close
      return {
        ...connection,
        write: (bytes) => {
          for (const packet of Framer.push(Framer.make(1_000_000), bytes, Packet.decode).packets) {
            sent.push(
              ...words(packet as Packet.Packet)
            )
          }
          return connection.write(bytes)
        }
      }
    }
    const socket = Socket.of({ connect: (endpoint) => Effect.map(inner.connect(endpoint), watch) })
    const client = yield* Effect.provideService(Client.make(options), Socket, socket)
    /** Breaks the connection, and is done when there is another one. */
    const cutOnce = Effect.gen(function*() {
      const { length } = sent
      yield* Effect.suspend(() => cut)
      yield* Effect.repeat(Effect.sleep(5), { until: () => sent.indexOf("CONNECT", length) >= 0 })
      yield* Effect.repeat(Effect.andThen(Effect.sleep(5), client.isConnected), { until: (isConnected) => isConnected })
    })
    return { client, sent, cutOnce }
  })

type Watched = Effect.Success<ReturnType<typeof watched>>

/** Forbids to subscribe to `secret`, and to nothing else. */
const plugin = "/usr/lib/x86_64-linux-gnu/mosquitto_dynamic_security.so"

const rules = JSON.stringify({
  defaultACLAccess: { publishClientSend: true, publishClientReceive: true, subscribe: true, unsubscribe: true },
  clients: [],
  roles: [{ rolename: "guest", acls: [{ acltype: "subscribeLiteral", topic: "secret", allow: false, priority: 1 }] }],
  groups: [{ groupname: "guests", roles: [{ rolename: "guest" }], clients: [] }],
  anonymousGroup: "guests"
})

const file = Effect.acquireRelease(
  Effect.sync(() => {
    const directory = mkdtempSync(path.join(tmpdir(), "dormouse-rules-"))
    writeFileSync(path.join(directory, "rules.json"), rules)
    return directory
  }),
  (directory) => Effect.sync(() => rmSync(directory, { recursive: true, force: true }))
)

interface Kind {
  readonly name: string
  readonly isThere: boolean
  readonly make: Effect.Effect<Endpoint, never, Scope.Scope>
}

const kinds: ReadonlyArray<Kind> = [
  {
    name: "Aedes",
    isThere: true,
    make: Effect.map(Aedes.make(), ({ aedes, tcp }) => {
      aedes.authorizeSubscribe = (_, subscription, done) =>
        done(null, subscription.topic === "secret" ? null : subscription)
      return tcp
    })
  },
  {
    name: "Mosquitto",
    isThere: Mosquitto.executable !== undefined && existsSync(plugin),
    make: Effect.flatMap(file, (directory) =>
      Effect.map(
        Mosquitto.make({}, [`plugin ${plugin}`, `plugin_opt_config_file ${path.join(directory, "rules.json")}`]),
        ({ tcp }) => tcp
      ))
  }
]

interface Row {
  readonly what: string
  readonly story: (watched: Watched) => Effect.Effect<unknown, unknown>
  readonly sent: ReadonlyArray<string>
  readonly options?: Partial<Client.ClientOptions>
}

const rows: ReadonlyArray<Row> = [
  {
    what: "a subscription that is refused",
    story: ({ client }) => Effect.flip(client.subscribe("secret")),
    sent: ["CONNECT", "SUBSCRIBE secret:0"]
  },
  {
    what: "a subscription that is refused twice",
    story: ({ client }) =>
      Effect.andThen(Effect.flip(client.subscribe("secret")), Effect.flip(client.subscribe("secret", { qos: 1 }))),
    sent: ["CONNECT", "SUBSCRIBE secret:0", "SUBSCRIBE secret:1"]
  },
  {
    what: "a subscription that is refused, and a connection that is lost later",
    story: ({ client, cutOnce }) => Effect.andThen(Effect.flip(client.subscribe("secret")), cutOnce),
    sent: ["CONNECT", "SUBSCRIBE secret:0", "CONNECT"]
  },
  {
    what: "a reader that is refused",
    story: ({ client }) => Effect.flip(client.readTopic("secret")),
    sent: ["CONNECT", "SUBSCRIBE secret:0"]
  },
  {
    what: "a reader of two, one of which is refused",
    story: ({ client }) => Effect.flip(client.listen(["a", "secret"], () => undefined, 10)),
    sent: ["CONNECT", "SUBSCRIBE a:0 secret:0", "UNSUBSCRIBE a"]
  },
  {
    what: "a reader of three that ends",
    story: ({ client }) => client.listen(["a", "b", "c"], () => undefined, 10),
    sent: ["CONNECT", "SUBSCRIBE a:0 b:0 c:0", "UNSUBSCRIBE a b c"]
  },
  {
    what: "a reader of three that ends while another reads one of them",
    story: ({ client }) =>
      Effect.all([client.readTopic("b", 200), client.listen(["a", "b", "c"], () => undefined, 10)], {
        concurrency: "unbounded"
      }),
    sent: ["CONNECT", "SUBSCRIBE b:0", "SUBSCRIBE a:0 b:0 c:0", "UNSUBSCRIBE a c", "UNSUBSCRIBE b"]
  },
  {
    what: "a reader that names one Topic Filter twice",
    story: ({ client }) => client.listen(["a", "a"], () => undefined, 10),
    sent: ["CONNECT", "SUBSCRIBE a:0", "UNSUBSCRIBE a"]
  },
  {
    what: "a reader that ends",
    story: ({ client }) => client.readTopic("a", 10),
    sent: ["CONNECT", "SUBSCRIBE a:0", "UNSUBSCRIBE a"]
  },
  {
    what: "a reader that ends twice",
    story: ({ client }) => Effect.andThen(client.readTopic("a", 10), client.readTopic("a", 10)),
    sent: ["CONNECT", "SUBSCRIBE a:0", "UNSUBSCRIBE a", "SUBSCRIBE a:0", "UNSUBSCRIBE a"]
  },
  {
    what: "a subscription that is refused right after it was left",
    story: ({ client }) =>
      Effect.gen(function*() {
        const refused = () => Effect.flip(client.subscribe("secret"))
        yield* Effect.all([refused(), refused()], { concurrency: "unbounded" })
        yield* refused()
      }),
    // Of the first two the first may have been granted, for all that the answer to the second says.
    sent: ["CONNECT", "SUBSCRIBE secret:0", "SUBSCRIBE secret:0", "UNSUBSCRIBE secret", "SUBSCRIBE secret:0"]
  },
  {
    what: "a reader of what is subscribed to",
    story: ({ client }) => Effect.andThen(client.subscribe("a", { qos: 1 }), client.readTopic("a", 10)),
    sent: ["CONNECT", "SUBSCRIBE a:1", "SUBSCRIBE a:1"]
  },
  {
    what: "a subscription that is granted, and ends",
    story: ({ client }) => Effect.andThen(client.subscribe("a"), client.unsubscribe("a")),
    sent: ["CONNECT", "SUBSCRIBE a:0", "UNSUBSCRIBE a"]
  },
  {
    what: "a subscription of a Session that the Server has kept",
    story: ({ client, cutOnce }) => Effect.andThen(client.subscribe("a", { qos: 1 }), cutOnce),
    sent: ["CONNECT", "SUBSCRIBE a:1", "CONNECT"],
    options: { cleanSession: false }
  },
  {
    what: "a subscription of a Session that the Server has not kept",
    story: ({ client, cutOnce }) => Effect.andThen(client.subscribe("a", { qos: 1 }), cutOnce),
    sent: ["CONNECT", "SUBSCRIBE a:1", "CONNECT", "SUBSCRIBE a:1"]
  },
  {
    what: "what was unsubscribed from before the connection was lost",
    story: ({ client, cutOnce }) =>
      Effect.andThen(Effect.andThen(client.subscribe("a"), client.unsubscribe("a")), cutOnce),
    sent: ["CONNECT", "SUBSCRIBE a:0", "UNSUBSCRIBE a", "CONNECT"],
    options: { cleanSession: false }
  },
  {
    what: "a reader that ends while there is no connection, of a Session that the Server does not keep",
    story: ({ client, cutOnce }) =>
      Effect.race(client.readTopic("a", "1 minute"), Effect.andThen(Effect.sleep(50), cutOnce)),
    sent: ["CONNECT", "SUBSCRIBE a:0", "CONNECT", "SUBSCRIBE a:0", "UNSUBSCRIBE a"]
  },
  {
    what: "subscriptions given to make",
    story: () => Effect.void,
    sent: ["CONNECT", "SUBSCRIBE a:0 b:1"],
    options: { subscriptions: [{ topicFilter: "a" }, { topicFilter: "b", qos: 1 }] }
  }
]

const atOnce = { ...Client.stayConnected, minInterval: 0.01, maxInterval: 0.01 }

describe.each(kinds.filter(({ isThere }) => isThere))("to $name the Client sends nothing needless for", ({ make }) => {
  it.each(rows)("$what", ({ options, sent, story }) =>
    run(Effect.gen(function*() {
      const endpoint = yield* make
      const seen = yield* watched({ endpoint, clientId: "c", reconnect: atOnce, ...options })
      yield* story(seen)
      // What is sent without being asked for goes out before the second of these at the latest.
      yield* seen.client.ping
      yield* seen.client.ping
      expect(seen.sent).toEqual(sent)
    })))
})
