/**
 * One try: reach the Server, deliver everything owed, take a newer configuration, leave.
 *
 * After TCP connect this costs one round trip: CONNECT, every owed PUBLISH and SUBSCRIBE leave in one write, and so do
 * the last PUBACKs and DISCONNECT. The order of the lines is the state machine.
 */
import * as Effect from "effect/Effect"
import * as Ref from "effect/Ref"
import * as Result from "effect/Result"
import type { ConnectionRefused } from "../../domain/ConnectionRefused.ts"
import type { DeviceConfig, MqttConfig } from "../../domain/DeviceConfig.ts"
import * as Outbox from "../../domain/Outbox.ts"
import type { Bytes } from "../../domain/packet/Bytes.ts"
import * as ClientPacket from "../../domain/packet/ClientPacket.ts"
import * as Framer from "../../domain/packet/Framer.ts"
import type { DecodeError, InvalidPacket, PacketTooLarge } from "../../domain/packet/PacketError.ts"
import * as ServerPacket from "../../domain/packet/ServerPacket.ts"
import { type Connection, type Endpoint, Socket, SocketError } from "../../ports/Socket.ts"
import { type WifiError, Wifi } from "../../ports/Wifi.ts"
import type { Memory } from "./Memory.ts"
import * as Visit from "./Visit.ts"
import { tell } from "./WakeEvent.ts"

/** Why a try failed. */
export type CallError = SocketError | WifiError | ConnectionRefused | DecodeError | PacketTooLarge | InvalidPacket

/** A Server that does not accept a TCP (and TLS) connection within this time is away. Milliseconds. */
export const connectTimeoutMillis = 10_000

/** A Server that owes an answer and sends nothing for this time is gone. Milliseconds. */
export const replyTimeoutMillis = 10_000

/** A device holds no more of one packet than this. Bytes; a configuration document fits several times. */
export const maximumPacketSize = 16_384

export const endpoint = (mqtt: MqttConfig): Endpoint => {
  const to = { host: mqtt.broker, port: mqtt.port }
  if (!mqtt.ssl) return to
  return {
    ...to,
    tls: {
      ...(mqtt.sslCa === "" ? {} : { ca: mqtt.sslCa }),
      ...(mqtt.sslCert === "" ? {} : { cert: mqtt.sslCert }),
      ...(mqtt.sslKey === "" ? {} : { key: mqtt.sslKey })
    }
  }
}

const timedOut = (to: Endpoint, what: string) =>
  Effect.fail(new SocketError({ reason: "TimedOut", message: to.host + ":" + to.port + " " + what }))

/** A Network Connection with what was said on it. */
export interface Call {
  readonly connection: Connection
  readonly to: Endpoint
  readonly memory: Memory
  /** Changes with every packet. Its `device` is a working copy: the truth is in `memory`, see `step`. */
  visit: Visit.Visit
  framer: Framer.Framer
  /** What broke the connection after everything owed had been acknowledged; nothing more will come. */
  broken: CallError | undefined
}

/** Takes the Visit one step on, with the device's state from memory and back into it. */
const step = <A>(call: Call, f: (visit: Visit.Visit) => readonly [Visit.Visit, A]): Effect.Effect<A> =>
  Ref.modify(call.memory.state, (device) => {
    const [visit, result] = f({ ...call.visit, device })
    call.visit = visit
    return [result, visit.device]
  })

export const send = (call: Call, packets: ReadonlyArray<ClientPacket.ClientPacket>): Effect.Effect<void, CallError> => {
  if (packets.length === 0) return Effect.void
  const bytes = ClientPacket.encodeAll(packets)
  return Result.isFailure(bytes) ? Effect.fail(bytes.failure) : call.connection.write(bytes.success)
}

/** Takes in what has arrived; each acknowledgement counts at once, whatever follows it. */
const takeIn = (call: Call, chunk: Bytes): Effect.Effect<void, CallError> => {
  const pushed = Framer.push(call.framer, chunk, ServerPacket.decode)
  call.framer = pushed.framer
  const received = step(call, (visit): readonly [Visit.Visit, CallError | undefined] => {
    let current = visit
    for (const packet of pushed.packets) {
      const next = Visit.receive(current, packet)
      if (Result.isFailure(next)) return [current, next.failure]
      current = next.success
    }
    return [current, pushed.failure]
  })
  return Effect.flatMap(received, (failure) => failure === undefined ? Effect.void : Effect.fail(failure))
}

const silence: Effect.Effect<Bytes | undefined> = Effect.succeed(undefined)

/** Waits up to `millis` for the next bytes from the Server and takes them in. False: nothing came. */
export const receiveWithin = (call: Call, millis: number): Effect.Effect<boolean, CallError> =>
  Effect.flatMap(
    Effect.timeoutOrElse(call.connection.pull, { duration: millis, orElse: () => silence }),
    (chunk) => chunk === undefined ? Effect.succeed(false) : Effect.as(takeIn(call, chunk), true)
  )

/** Waits for an answer that the Server owes. */
export const receive = (call: Call): Effect.Effect<void, CallError> =>
  Effect.flatMap(receiveWithin(call, replyTimeoutMillis), (came) =>
    came ? Effect.void : timedOut(call.to, "has not answered for " + replyTimeoutMillis / 1000 + " s"))

/**
 * Waits until everything owed is acknowledged, sending on as acknowledgements make room. What comes in behind the last
 * acknowledgement and breaks the connection does not undo it.
 */
export const deliver = (call: Call): Effect.Effect<void, CallError> =>
  Effect.gen(function*() {
    while (!Visit.isDelivered(call.visit)) {
      const received = yield* Effect.result(receive(call))
      if (Result.isSuccess(received)) yield* call.visit.accepted ? publish(call) : Effect.void
      else if (Visit.isDelivered(call.visit)) call.broken = received.failure
      else return yield* Effect.fail(received.failure)
    }
  })

/** Sends what is owed and was not yet sent on this connection. */
export const publish = (call: Call): Effect.Effect<void, CallError> =>
  Effect.flatMap(step(call, Visit.publish), (packets) => send(call, packets))

/** Answers what the Server sent and says good-bye, in one write. Without DISCONNECT the Server would publish our Will. */
export const leave = (call: Call): Effect.Effect<void, CallError> =>
  send(call, call.visit.replies.concat([{ _tag: "Disconnect" }]))

const connect = (to: Endpoint): Effect.Effect<Connection, CallError, Socket | Wifi> =>
  Effect.gen(function*() {
    const wifi = yield* Wifi
    const socket = yield* Socket
    yield* wifi.joined
    return yield* Effect.timeoutOrElse(socket.connect(to), {
      duration: connectTimeoutMillis,
      orElse: () => timedOut(to, "did not accept the connection within " + connectTimeoutMillis / 1000 + " s")
    })
  })

/**
 * Connects, says everything that can be said at once, delivers, and hands the open connection to `after`; the connection
 * is closed however that ends.
 */
export const call = <A, E, R>(
  config: DeviceConfig,
  memory: Memory,
  after: (call: Call) => Effect.Effect<A, E, R>
): Effect.Effect<A, CallError | E, Socket | Wifi | R> => {
  const to = endpoint(config.mqtt)
  const talk = (connection: Connection) =>
    Effect.gen(function*() {
      const [visit, packets] = Visit.open(config, yield* Ref.get(memory.state))
      const open: Call = { connection, to, memory, visit, framer: Framer.make(maximumPacketSize), broken: undefined }
      yield* Ref.set(memory.state, visit.device)
      yield* send(open, packets)
      yield* deliver(open)
      yield* tell({ _tag: "Connected", sessionPresent: open.visit.sessionPresent })
      yield* tell({ _tag: "Delivered", count: open.visit.delivered, owed: Outbox.size(open.visit.device.outbox) })
      return yield* after(open)
    })
  // Interruptible, or a time-out of the whole wake would have to wait for a Server that does not answer.
  return Effect.acquireUseRelease(Effect.interruptible(connect(to)), talk, (connection) => connection.close)
}
