/** Speaks to Servers of the test, and prints what came of it. */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { crc32 } from "../../../../src/domain/bytes/Crc32.ts"
import * as Hmac from "../../../../src/domain/bytes/Hmac.ts"
import * as Bytes from "../../../../src/domain/bytes/Bytes.ts"
import { socket } from "../../../../src/adapters/espruino/Socket.ts"
import { type Connection, type Endpoint, SocketError } from "../../../../src/ports/Socket.ts"

declare const echo: Endpoint
declare const nobody: Endpoint
declare const size: number
declare const print: (text: string) => void
declare const quit: () => void

const told = (label: string, error: SocketError) => print(label + " " + error.reason + " " + error.message)

const pattern = (length: number): Bytes.Bytes => {
  let text = ""
  for (let i = 0; i < length; i++) text += String.fromCharCode((i * 31 + (i >> 8)) & 0xff)
  return Bytes.fromBinary(text)
}

/** Pulls so many bytes. */
const pull = (connection: Connection, length: number) =>
  Effect.gen(function*() {
    let all = Bytes.empty
    while (Bytes.length(all) < length) all = Bytes.concat([all, yield* connection.pull])
    return all
  })

const pulledWithin = (connection: Connection, millis: number) =>
  Effect.timeoutOrElse<Bytes.Bytes | undefined, SocketError, never, undefined, never, never>(connection.pull, {
    duration: millis,
    orElse: () => Effect.succeed(undefined)
  })

const refused = (label: string, to: Endpoint) =>
  Effect.gen(function*() {
    const tried = yield* Effect.result(socket.connect(to))
    if (Result.isFailure(tried)) told(label, tried.failure)
  })

const echoed = (to: Endpoint) =>
  Effect.gen(function*() {
    const sent = pattern(size)
    const connection = yield* socket.connect(to)
    yield* connection.write(sent)
    const back = yield* pull(connection, size)
    print("echo " + Bytes.length(back) + " " + crc32(back) + " " + (Bytes.equals(back, sent) ? "same" : "other"))
    const late = yield* pulledWithin(connection, 30)
    print("late " + (late === undefined ? "nothing" : "something"))
    // The Server answers "!" with its last bytes and ends.
    yield* connection.write(Bytes.fromText("!"))
    print("last " + Bytes.toText(yield* pull(connection, 3)))
    const ended = yield* Effect.result(connection.pull)
    if (Result.isFailure(ended)) told("pull", ended.failure)
    const unsent = yield* Effect.result(connection.write(Bytes.fromText("x")))
    if (Result.isFailure(unsent)) told("write", unsent.failure)
    yield* connection.close
    yield* connection.close
  })

const closing = (to: Endpoint) =>
  Effect.gen(function*() {
    const connection = yield* socket.connect(to)
    yield* connection.write(pattern(size))
    yield* connection.write(Bytes.fromText("?"))
    yield* connection.close
    print("closed")
  })

const program = Effect.gen(function*() {
  yield* echoed(echo)
  yield* closing(echo)
  yield* refused("nobody", nobody)
  yield* refused("unknown", { host: "no.such.invalid", port: 1 })
  print("crc " + crc32(Bytes.fromText("123456789")))
  print("hmac " + Hmac.hex(Bytes.fromText("Jefe"), Bytes.fromText("what do ya want for nothing?")))
  yield* Effect.sleep(20)
  quit()
})

Effect.runFork(Effect.catchCause(program, (cause) =>
  Effect.sync(() => {
    print("died " + JSON.stringify(cause))
    quit()
  })))
