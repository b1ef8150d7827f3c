/**
 * What every adapter of the Socket port must keep to, one test for each thing a caller may rely on.
 *
 * The Server's side is a `Listener` that the adapter's own test brings: real sockets on Node, a scripted Server in
 * simulation. Time passes in one test only, the one about time-outs; elsewhere fibers wait for each other.
 */
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import type * as Scope from "effect/Scope"
import { describe, expect, it } from "vitest"
import * as Bytes from "../../src/domain/bytes/Bytes.ts"
import {
  type Connection,
  type Endpoint,
  Socket,
  type SocketError,
  type SocketErrorReason
} from "../../src/ports/Socket.ts"

/** The Server's end of one connection. It reads only what a test asks of it. */
export interface Peer {
  /** Waits for the next `length` bytes from the Client. */
  readonly receive: (length: number) => Effect.Effect<Bytes.Bytes>
  readonly send: (bytes: Bytes.Bytes) => Effect.Effect<void>
  /** Ends the stream, after everything that was sent. */
  readonly end: Effect.Effect<void>
  /** Waits until the Client has ended the stream, and gives what it had sent that was not received yet. */
  readonly ended: Effect.Effect<Bytes.Bytes>
}

export interface Listener {
  readonly endpoint: Endpoint
  /** Waits for the next Client. */
  readonly accept: Effect.Effect<Peer>
}

export interface SocketHarness<R> {
  /** Runs a test to its end, with the Socket to be tested; moves the clock along when time is virtual. */
  readonly run: <A, E>(effect: Effect.Effect<A, E, Socket | R | Scope.Scope>) => Promise<A>
  readonly listen: Effect.Effect<Listener, never, R | Scope.Scope>
  /** Where nobody listens. */
  readonly nobody: Effect.Effect<Endpoint, never, R | Scope.Scope>
  /** How the platform calls that: `Refused`, if it can tell. */
  readonly nobodyIs?: SocketErrorReason
  /** A Server to which `connect` does not get through, nor fail. */
  readonly silent: Effect.Effect<
    {
      readonly endpoint: Endpoint
      /** Waits until the Server has seen somebody try. */
      readonly tried: Effect.Effect<void>
      /** Waits until nothing is left of that try at the Server. */
      readonly abandoned: Effect.Effect<void>
    },
    never,
    R | Scope.Scope
  >
}

/** `length` bytes in which every place differs from its neighbours. */
export const pattern = (length: number): Bytes.Bytes => {
  const bytes = new Uint8Array(length)
  for (let i = 0; i < length; i++) bytes[i] = (i * 31 + (i >> 8)) & 0xff
  return bytes
}

export const connect = (endpoint: Endpoint): Effect.Effect<Connection, SocketError, Socket | Scope.Scope> =>
  Effect.acquireRelease(
    Effect.flatMap(Socket, (socket) => socket.connect(endpoint)),
    (connection) => connection.close,
    { interruptible: true }
  )

/** Pulls until `length` bytes are there. Fails the test on an empty chunk. */
export const pullBytes = (connection: Connection, length: number): Effect.Effect<Bytes.Bytes, SocketError> =>
  Effect.gen(function*() {
    const chunks: Array<Bytes.Bytes> = []
    for (let size = 0; size < length;) {
      const chunk = yield* connection.pull
      expect(chunk.length).toBeGreaterThan(0)
      chunks.push(chunk)
      size += chunk.length
    }
    return Bytes.concat(chunks)
  })

/**
 * Whether two runs are equal. Said in a word, because the difference of two long ones is slow to print and helps
 * nobody.
 */
const same = (a: Bytes.Bytes, b: Bytes.Bytes): string =>
  Bytes.equals(a, b) ? "same" : `${a.length} bytes, not the ${b.length} sent`

export const socketSuite = <R>(name: string, harness: SocketHarness<R>): void => {
  const { listen, nobody, nobodyIs = "Refused", run, silent } = harness

  /** A connection with both its ends. */
  const pair = Effect.gen(function*() {
    const listener = yield* listen
    const connection = yield* connect(listener.endpoint)
    const peer = yield* listener.accept
    return { connection, peer, endpoint: listener.endpoint }
  })

  describe(`Socket on ${name}: writing`, () => {
    it("brings what was written to the Server, in order", () =>
      run(Effect.gen(function*() {
        const { connection, peer } = yield* pair
        for (let i = 0; i < 50; i++) yield* connection.write(Uint8Array.of(i, i + 1, i + 2))
        const expected = Bytes.concat(Array.from({ length: 50 }, (_, i) => Uint8Array.of(i, i + 1, i + 2)))
        expect(yield* peer.receive(150)).toEqual(expected)
      })))

    it("takes any length, none included", () =>
      run(Effect.gen(function*() {
        const { connection, peer } = yield* pair
        const long = pattern(200_000)
        yield* connection.write(Bytes.empty)
        yield* connection.write(Uint8Array.of(7))
        const writer = yield* Effect.forkChild(connection.write(long))
        expect(yield* peer.receive(1)).toEqual(Uint8Array.of(7))
        expect(same(yield* peer.receive(long.length), long)).toBe("same")
        yield* Fiber.join(writer)
      })))

    it("fails with Closed once the Server has closed", () =>
      run(Effect.gen(function*() {
        const { connection, peer } = yield* pair
        yield* peer.end
        yield* Effect.flip(connection.pull)
        expect(yield* Effect.flip(connection.write(Uint8Array.of(1)))).toMatchObject({ reason: "Closed" })
      })))
  })

  describe(`Socket on ${name}: pulling`, () => {
    it("gives what the Server sent, in order and without empty chunks", () =>
      run(Effect.gen(function*() {
        const { connection, peer } = yield* pair
        const long = pattern(200_000)
        yield* peer.send(Uint8Array.of(1, 2, 3))
        yield* peer.send(long)
        expect(same(yield* pullBytes(connection, 200_003), Bytes.concat([Uint8Array.of(1, 2, 3), long]))).toBe("same")
      })))

    it("leaves alone what it gave before, when more comes", () =>
      run(Effect.gen(function*() {
        const { connection, peer } = yield* pair
        const chunks: Array<Bytes.Bytes> = []
        for (const length of [1, 3, 2_000, 5_000, 4, 2_048, 2_049, 70_000, 5]) {
          yield* peer.send(pattern(length))
          chunks.push(yield* pullBytes(connection, length))
        }
        expect(chunks.map((chunk) => same(chunk, pattern(chunk.length)))).toEqual(chunks.map(() => "same"))
      })))

    it("waits for bytes that come later", () =>
      run(Effect.gen(function*() {
        const { connection, peer } = yield* pair
        const puller = yield* Effect.forkChild(connection.pull)
        yield* peer.send(Uint8Array.of(9))
        expect(yield* Fiber.join(puller)).toEqual(Uint8Array.of(9))
      })))

    it("loses nothing when it is interrupted, whenever that is", () =>
      run(Effect.gen(function*() {
        const { connection, peer } = yield* pair
        const received: Array<Bytes.Bytes> = []
        let size = 0
        for (let i = 0; i < 100; i++) {
          const puller = yield* Effect.forkChild(connection.pull)
          // Before the interrupt, beside it, or after it.
          if (i % 3 === 0) yield* peer.send(Uint8Array.of(i))
          if (i % 2 === 0) yield* Effect.yieldNow
          const sender = yield* Effect.forkChild(i % 3 === 1 ? peer.send(Uint8Array.of(i)) : Effect.void)
          yield* Fiber.interrupt(puller)
          yield* Fiber.join(sender)
          if (i % 3 === 2) yield* peer.send(Uint8Array.of(i))
          const exit = yield* Fiber.await(puller)
          if (Exit.isSuccess(exit)) {
            received.push(exit.value)
            size += exit.value.length
          } else expect(Cause.hasInterruptsOnly(exit.cause)).toBe(true)
        }
        received.push(yield* pullBytes(connection, 100 - size))
        expect(Array.from(Bytes.concat(received))).toEqual(Array.from({ length: 100 }, (_, i) => i))
      })))

    it("loses nothing when a time-out and the bytes meet", () =>
      run(Effect.gen(function*() {
        const { connection, peer } = yield* pair
        const sender = yield* Effect.forkChild(Effect.gen(function*() {
          for (let i = 0; i < 20; i++) {
            yield* Effect.sleep(1)
            yield* peer.send(Uint8Array.of(i))
          }
        }))
        const received: Array<number> = []
        while (received.length < 20) {
          const chunk = yield* Effect.timeoutOption(connection.pull, 1)
          if (chunk._tag === "Some") received.push(...chunk.value)
        }
        yield* Fiber.join(sender)
        expect(received).toEqual(Array.from({ length: 20 }, (_, i) => i))
      })))

    it("gives what had arrived when the Server closed, then fails with Closed every time", () =>
      run(Effect.gen(function*() {
        const { connection, endpoint, peer } = yield* pair
        const last = pattern(100_000)
        yield* peer.send(last)
        yield* peer.end
        expect(same(yield* pullBytes(connection, last.length), last)).toBe("same")
        for (let i = 0; i < 3; i++) {
          const error = yield* Effect.flip(connection.pull)
          expect(error).toMatchObject({ _tag: "SocketError", reason: "Closed" })
          expect(error.message).toContain(`${endpoint.host}:${endpoint.port}`)
        }
      })))

    it("fails with Closed when the Server closes while it waits", () =>
      run(Effect.gen(function*() {
        const { connection, peer } = yield* pair
        const puller = yield* Effect.forkChild(Effect.flip(connection.pull))
        yield* Effect.yieldNow
        yield* peer.end
        expect(yield* Fiber.join(puller)).toMatchObject({ reason: "Closed" })
      })))
  })

  describe(`Socket on ${name}: closing`, () => {
    it("sends what was written before", () =>
      run(Effect.gen(function*() {
        const { connection, peer } = yield* pair
        const long = pattern(100_000)
        const closing = yield* Effect.forkChild(Effect.andThen(connection.write(long), connection.close))
        expect(same(yield* peer.ended, long)).toBe("same")
        yield* Fiber.join(closing)
      })))

    it("sends what was written before, also over bytes from the Server that nobody pulled", () =>
      run(Effect.gen(function*() {
        const { connection, peer } = yield* pair
        yield* peer.send(pattern(1_000))
        yield* connection.write(Uint8Array.of(1, 2, 3))
        yield* connection.close
        expect(yield* peer.ended).toEqual(Uint8Array.of(1, 2, 3))
      })))

    it("may be done twice, one after the other or at once", () =>
      run(Effect.gen(function*() {
        const { connection, peer } = yield* pair
        yield* Effect.all([connection.close, connection.close], { concurrency: "unbounded" })
        yield* connection.close
        expect(yield* peer.ended).toEqual(Bytes.empty)
        yield* connection.close
      })))

    it("never fails, also when the Server has closed already", () =>
      run(Effect.gen(function*() {
        const { connection, peer } = yield* pair
        yield* peer.end
        yield* Effect.flip(connection.pull)
        yield* connection.close
      })))

    it("lets a waiting pull fail with Closed, and every pull and write after it", () =>
      run(Effect.gen(function*() {
        const { connection } = yield* pair
        const puller = yield* Effect.forkChild(Effect.flip(connection.pull))
        yield* Effect.yieldNow
        yield* connection.close
        expect(yield* Fiber.join(puller)).toMatchObject({ reason: "Closed" })
        expect(yield* Effect.flip(connection.pull)).toMatchObject({ reason: "Closed" })
        expect(yield* Effect.flip(connection.write(Uint8Array.of(1)))).toMatchObject({ reason: "Closed" })
      })))
  })

  describe(`Socket on ${name}: connecting`, () => {
    it(`fails with ${nobodyIs} and the Server's name where nobody listens`, () =>
      run(Effect.gen(function*() {
        const endpoint = yield* nobody
        const error = yield* Effect.flip(connect(endpoint))
        expect(error).toMatchObject({ _tag: "SocketError", reason: nobodyIs })
        expect(error.message).toContain(`${endpoint.host}:${endpoint.port}`)
      })))

    it("leaves nothing open when it is interrupted", () =>
      run(Effect.gen(function*() {
        const server = yield* silent
        const attempt = yield* Effect.forkChild(connect(server.endpoint))
        yield* server.tried
        yield* Fiber.interrupt(attempt)
        yield* server.abandoned
        expect(Exit.isFailure(yield* Fiber.await(attempt))).toBe(true)
      })))

    it("keeps two connections apart", () =>
      run(Effect.gen(function*() {
        const listener = yield* listen
        const one = yield* connect(listener.endpoint)
        const onePeer = yield* listener.accept
        const two = yield* connect(listener.endpoint)
        const twoPeer = yield* listener.accept
        yield* twoPeer.send(Uint8Array.of(2))
        yield* onePeer.send(Uint8Array.of(1))
        expect(yield* one.pull).toEqual(Uint8Array.of(1))
        expect(yield* two.pull).toEqual(Uint8Array.of(2))
        yield* one.close
        yield* two.write(Uint8Array.of(3))
        expect(yield* twoPeer.receive(1)).toEqual(Uint8Array.of(3))
      })))
  })
}
