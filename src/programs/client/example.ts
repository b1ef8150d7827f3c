/**
 * The Client in ten lines: publishes a reading, reads it back, and prints it.
 *
 *     npx tsx src/programs/client/example.ts mqtt://localhost:1883
 *
 * A Server whose certificate comes from an authority of your own: NODE_EXTRA_CA_CERTS=ca.pem in front of it.
 */
import * as NodeRuntime from "@effect/platform-node-shared/NodeRuntime"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as NodeSocket from "../../adapters/node/Socket.ts"
import * as Bytes from "../../domain/bytes/Bytes.ts"
import * as Client from "./Client.ts"
import * as ServerUrl from "./ServerUrl.ts"

const example = Effect.gen(function*() {
  const server = yield* Effect.fromResult(ServerUrl.parse(process.argv[2] ?? "mqtt://localhost:1883"))
  const client = yield* Client.make({ ...ServerUrl.clientOptions(server), clientId: "dormouse-example" })
  yield* client.publish("home/livingroom/temperature", "21.4", { qos: 1, retain: true })
  const message = yield* client.readTopic("home/livingroom/temperature", "5 seconds")
  yield* Console.log(Option.match(message, {
    onNone: () => "nothing within 5 seconds",
    onSome: ({ payload, topic }) => `${topic}: ${Bytes.toText(payload)}`
  }))
})

example.pipe(
  Effect.scoped,
  Effect.provide(NodeSocket.layer),
  Effect.tapError((error) => Console.error(error.message)),
  NodeRuntime.runMain({ disableErrorReporting: true })
)
