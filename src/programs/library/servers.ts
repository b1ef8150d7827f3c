/**
 * Several Servers behind one Socket: whichever is there is taken, so that the Client need not know of them.
 *
 * One try of the Client's reconnect policy goes through all of them, from the present one on: a Server that is away costs
 * no wait of the policy while another one is there. A connection that lasts makes its Server the present one.
 */
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Result from "effect/Result"
import { healthyMillis } from "../../domain/delivery/Backoff.ts"
import * as Bytes from "../../domain/bytes/Bytes.ts"
import { type Connection, type Endpoint, Socket, SocketError } from "../../ports/Socket.ts"

/** How to choose among several Servers; `Time` is how a length of time is given. */
export interface ServersOptions<Time = number> {
  /** `listed`, the default: the first that is there. `random`: in an order that is drawn once, so that clients spread. */
  readonly order?: "listed" | "random" | undefined
  /**
   * How long on another Server than the first (a number: milliseconds), after which the client looks whether the first is there again, and
   * then as often; if it is, the client goes back to it. 60,000 by default; false: it stays. With `random` it stays.
   */
  readonly returnAfter?: Time | false | undefined
}

interface State {
  readonly endpoints: ReadonlyArray<Endpoint>
  readonly socket: Socket["Service"]
  /** What one Server may take of a try. */
  readonly attemptMillis: number
  readonly returnMillis: number | undefined
  /** The place of the present one. */
  readonly choice: { at: number }
}

const nameOf = ({ host, port }: Endpoint): string => `${host}:${port}`

/** In an order drawn by chance. */
const shuffled = (endpoints: ReadonlyArray<Endpoint>): ReadonlyArray<Endpoint> => {
  const drawn = endpoints.map((endpoint) => ({ endpoint, place: Math.random() }))
  return drawn.sort((one, other) => one.place - other.place).map(({ endpoint }) => endpoint)
}

const attempt = (state: State, endpoint: Endpoint): Effect.Effect<Connection, SocketError> =>
  Effect.timeoutOrElse(state.socket.connect(endpoint), {
    duration: state.attemptMillis,
    orElse: () => {
      const message = `${nameOf(endpoint)} did not accept the connection within ${state.attemptMillis / 1000} s`
      return Effect.fail(new SocketError({ reason: "TimedOut", message }))
    }
  })

/** DISCONNECT, so that the Server that is left publishes no Will. */
const disconnect: Bytes.Bytes = Uint8Array.of(0xe0, 0)

/** Waits until the first Server is there again, and leaves `connection` for it. */
const comeBack = (state: State, connection: Connection, millis: number, left: () => void): Effect.Effect<void> =>
  Effect.gen(function*() {
    const [first] = state.endpoints as readonly [Endpoint]
    while (true) {
      yield* Effect.sleep(millis)
      const probe = yield* Effect.result(attempt(state, first))
      if (Result.isFailure(probe)) continue
      yield* probe.success.close
      left()
      yield* Effect.ignore(connection.write(disconnect))
      return yield* connection.close
    }
  })

/** The connection to one of them, which knows what its end means for the choice of the next. */
const watched = (state: State, connection: Connection, place: number): Effect.Effect<Connection> =>
  Effect.gen(function*() {
    const since = yield* Clock.currentTimeMillis
    const [first, own] = [state.endpoints[0], state.endpoints[place]] as readonly [Endpoint, Endpoint]
    let isLeft = false
    const leave = () => {
      isLeft = true
      state.choice.at = 0
    }
    const { returnMillis } = state
    const home = place === 0 || returnMillis === undefined ? undefined
      : yield* Effect.forkDetach(comeBack(state, connection, returnMillis, leave))
    // One that does not last must not be tried for ever while others wait.
    const ended = Effect.map(Clock.currentTimeMillis, (now) => {
      const { choice, endpoints } = state
      if (now - since < healthyMillis && choice.at === place) choice.at = (place + 1) % endpoints.length
    })
    const why = (error: SocketError) => {
      if (!isLeft) return error
      const message = `${nameOf(own)} was left, because ${nameOf(first)} is there again`
      return new SocketError({ reason: "Failback", message })
    }
    const pull = Effect.catchTag(connection.pull, "SocketError", (error) => Effect.flatMap(ended, () => why(error)))
    const stay = home === undefined ? Effect.void : Fiber.interrupt(home)
    // The Client closes, too: for one, when the Server has refused it.
    const close = Effect.andThen(stay, Effect.andThen(ended, connection.close))
    const again = () => {
      state.choice.at = place
    }
    const { releasesBytes, write } = connection
    return { write, releasesBytes, pull, close, choice: { server: nameOf(own), again } }
  })

const connect = (state: State): Effect.Effect<Connection, SocketError> =>
  Effect.gen(function*() {
    const messages: Array<string> = []
    let last: SocketError | undefined
    for (let tried = 0; tried < state.endpoints.length; tried++) {
      const place = (state.choice.at + tried) % state.endpoints.length
      const result = yield* Effect.result(attempt(state, state.endpoints[place] as Endpoint))
      if (Result.isSuccess(result)) {
        state.choice.at = place
        return yield* watched(state, result.success, place)
      }
      last = result.failure
      messages.push(last.message)
    }
    return yield* new SocketError({ reason: last?.reason ?? "Unknown", message: messages.join("; ") })
  })

/** How to choose, and how long a try may take. */
export interface LayerOptions extends ServersOptions<Duration.Input> {
  /** The `connectTimeout` of the Client, of which each Server gets its share. 10 seconds by default. */
  readonly connectTimeout?: Duration.Input | undefined
}

/** At least one Server. */
export type Endpoints = readonly [Endpoint, ...ReadonlyArray<Endpoint>]

/**
 * A Socket for one Client that connects to one of `endpoints` over `sockets`, whatever endpoint the Client asks for. It
 * fails with a SocketError when none of them is there; its message says why of each.
 */
export const layer = (
  sockets: Layer.Layer<Socket>,
  endpoints: Endpoints,
  { connectTimeout = "10 seconds", order = "listed", returnAfter = 60_000 }: LayerOptions = {}
): Layer.Layer<Socket> => {
  // Of one user's `connect`, which may need several Clients until a Server is there.
  const lasting = {
    endpoints: order === "random" ? shuffled(endpoints) : endpoints,
    // The last one must have its time before the Client gives up.
    attemptMillis: Math.floor(Duration.toMillis(connectTimeout) / (endpoints.length + 1)),
    returnMillis: order === "random" || returnAfter === false ? undefined : Duration.toMillis(returnAfter),
    choice: { at: 0 }
  }
  const chosen = Effect.map(Socket, (socket) => ({ connect: () => connect({ ...lasting, socket }) }))
  return Layer.provide(Layer.effect(Socket, chosen), sockets)
}

/** The Servers for messages, as `one:1883 or two:1883`: for `server` of `Client.make`. */
export const namesOf = (endpoints: ReadonlyArray<Endpoint>): string => endpoints.map(nameOf).join(" or ")
