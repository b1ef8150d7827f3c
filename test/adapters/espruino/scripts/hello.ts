/** Says hello, and prints the answer and the end. Small, because here TLS takes 2,850 of a board's 4,095 variables. */
import * as Effect from "effect/Effect"
import { socket } from "../../../../src/adapters/espruino/Socket.ts"
import * as Bytes from "../../../../src/domain/bytes/Bytes.ts"
import type { Endpoint, SocketError } from "../../../../src/ports/Socket.ts"

declare const server: Endpoint
declare const print: (text: string) => void
declare const quit: () => void

const hello = Effect.gen(function*() {
  const connection = yield* socket.connect(server)
  yield* connection.write(Bytes.fromText("hello"))
  print(Bytes.toText(yield* connection.pull))
  yield* Effect.catch(Effect.as(connection.pull, undefined), told)
  yield* connection.close
})

const told = (error: SocketError) => Effect.sync(() => print(error.reason))

Effect.runFork(Effect.flatMap(Effect.catch(hello, told), () => Effect.sync(quit)))
