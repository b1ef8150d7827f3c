/**
 * One try: reach the Server, deliver everything owed, take a newer configuration, leave.
 *
 * After TCP connect this costs one round trip: CONNECT, every owed PUBLISH and SUBSCRIBE leave in one write, and so do
 * the last PUBACKs and DISCONNECT. The order of the lines is the state machine.
 */
import * as Effect from "effect/Effect"
import type { MqttConfig } from "../../domain/DeviceConfig.ts"
import * as Outbox from "../../domain/Outbox.ts"
import * as Outgoing from "../../domain/packet/Outgoing.ts"
import type { InvalidPacket } from "../../domain/packet/PacketError.ts"
import { type Connection, type Endpoint, Socket, type SocketError } from "../../ports/Socket.ts"
import type { Storage } from "../../ports/Storage.ts"
import { type WifiError, Wifi } from "../../ports/Wifi.ts"
import * as ConnectionEnd from "./ConnectionEnd.ts"
import * as Held from "./Held.ts"
import { assign, type Memory, rememberBeforeSending } from "./Memory.ts"
import { patient } from "./patience.ts"
import { unanswered } from "./timedOut.ts"
import { tlsOf } from "./tlsOf.ts"
import * as Visit from "./Visit.ts"
import { tell } from "./WakeEvent.ts"

/** Why a try failed. */
export type CallError = SocketError | WifiError | InvalidPacket | Visit.VisitError

/** All its fields are there: to look for one that is not costs a board more than to have it. */
export const endpoint = (mqtt: MqttConfig): Endpoint => ({
  host: mqtt.broker,
  port: mqtt.port,
  tls: mqtt.ssl ? tlsOf(mqtt) : undefined
})

/** A Network Connection with what was said on it. */
export interface Call {
  readonly connection: Connection
  readonly to: Endpoint
  readonly memory: Memory
  readonly visit: Visit.Visit
  /** How long the Server may take to read what is written, and to acknowledge all of it, in milliseconds. A wake has its own end. */
  readonly patience: number | undefined
}

export const send = (call: Call, packets: Outgoing.Outgoing): Effect.Effect<void, CallError> =>
  Effect.gen(function*() {
    if (Outgoing.isNone(packets)) return
    const fault = Outgoing.fault(packets)
    if (fault !== undefined) return yield* Effect.fail(fault)
    return yield* patient(call.connection.write(Outgoing.bytes(packets)), call, "has not read for")
  })

/** Waits up to `millis` for the next bytes from the Server and takes them in. False: nothing came. */
export const receiveWithin = (call: Call, millis: number): Effect.Effect<boolean, SocketError> =>
  Effect.gen(function*() {
    const chunk = yield* Effect.timeoutOrElse(call.connection.pull, { duration: millis, orElse: () => Effect.void })
    if (chunk === undefined) return false
    Visit.take(call.visit, chunk)
    return true
  })

/** Waits for an answer that the Server owes. What is wrong with it is in the Visit. */
export const receive = (call: Call): Effect.Effect<void, SocketError> =>
  Effect.gen(function*() {
    const chunk = yield* Effect.timeoutOrElse(call.connection.pull, {
      duration: call.memory.config.mqtt.timeout * 1000,
      orElse: () => unanswered(call)
    })
    Visit.take(call.visit, chunk)
  })

/**
 * Waits until everything owed is acknowledged, sending on as acknowledgements make room. What comes in behind the last
 * acknowledgement and breaks the connection does not undo it.
 */
export const deliver = (call: Call): Effect.Effect<void, CallError, Storage> =>
  patient(acknowledged(call), call, "has not acknowledged everything for")

const acknowledged = (call: Call): Effect.Effect<void, CallError, Storage> =>
  Effect.gen(function*() {
    const { visit } = call
    while (!Visit.isDelivered(visit)) {
      if (visit.broken !== undefined) return yield* Effect.fail(visit.broken)
      if (visit.accepted) yield* publish(call)
      if (!Visit.isDelivered(visit)) yield* receive(call)
    }
  })

/**
 * Sends what was not yet sent on this connection: answers to the Server, then what is in flight; the next window of messages,
 * when the last is through.
 */
export const publish = (call: Call): Effect.Effect<void, CallError, Storage> =>
  Effect.gen(function*() {
    const { memory, visit } = call
    // As with everything that is sent, the Packet Identifiers are remembered first.
    if (Visit.hasRoom(memory.state, memory.held)) {
      assign(memory)
      yield* rememberBeforeSending(memory)
    }
    const packets = Outgoing.join(visit.replies, Visit.send(visit))
    visit.replies = Outgoing.none
    yield* send(call, packets)
  })

/** Sends what was held back, part by part, when all else is delivered. */
export const sendHeld = (call: Call): Effect.Effect<void, CallError, Storage> =>
  Effect.gen(function*() {
    while (call.memory.held.length > 0) {
      yield* deliver(call)
      yield* Held.release(call.visit)
      yield* deliver(call)
    }
  })

/** Answers what the Server sent and says good-bye, in one write. Without DISCONNECT the Server would publish our Will. */
export const leave = (call: Call): Effect.Effect<void, CallError> =>
  send(call, Outgoing.join(call.visit.replies, Outgoing.disconnect()))

const connect = (to: Endpoint, { timeout }: MqttConfig): Effect.Effect<Connection, CallError, Socket | Wifi> =>
  Effect.gen(function*() {
    const wifi = yield* Wifi
    const socket = yield* Socket
    yield* wifi.joined
    // No time-out reaches a board that connects, which blocks it.
    return yield* patient(socket.connect(to), { patience: timeout * 1000, to }, "did not accept the connection within")
  })

const talk = <A, E, R>(call: Call, after: (call: Call) => Effect.Effect<A, E, R>): Effect.Effect<A, CallError | E, Storage | R> =>
  Effect.gen(function*() {
    const { visit } = call
    yield* send(call, Visit.open(visit))
    yield* deliver(call)
    yield* tell({ _tag: "Connected", sessionPresent: visit.sessionPresent })
    yield* tell({ _tag: "Delivered", count: visit.delivered, owed: Outbox.size(call.memory.state.outbox) })
    visit.told = visit.delivered
    return yield* after(call)
  })

/** Closes the connection, and keeps what can be learned from it. */
const end = ({ connection, visit }: Call): Effect.Effect<void> =>
  Effect.gen(function*() {
    if (Visit.isUnusual(visit)) for (const event of ConnectionEnd.learn(visit)) yield* tell(event)
    return yield* connection.close
  })

const closing = <A, E, R>(call: Call, after: (call: Call) => Effect.Effect<A, E, R>): Effect.Effect<A, CallError | E, Storage | R> =>
  Effect.ensuring(talk(call, after), end(call))

/**
 * Connects, says everything that can be said at once, delivers, and hands the open connection to `after`; the connection
 * is closed however that ends.
 */
export const call = <A, E, R>(
  memory: Memory,
  visit: Visit.Visit,
  after: (call: Call) => Effect.Effect<A, E, R>,
  patience?: number
): Effect.Effect<A, CallError | E, Socket | Wifi | Storage | R> =>
  Effect.gen(function*() {
    const to = endpoint(memory.config.mqtt)
    // Not acquired masked: a time-out of the whole wake would have to wait for a Server that does not answer. Nothing waits between.
    const connection = yield* connect(to, memory.config.mqtt)
    return yield* closing({ connection, to, memory, visit, patience }, after)
  })
