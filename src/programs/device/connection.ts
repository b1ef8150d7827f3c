/**
 * One Network Connection: reach the Server, deliver everything pending, and leave.
 *
 * After TCP connect this costs one round trip: CONNECT, every pending PUBLISH and SUBSCRIBE leave in one write, and so
 * do the last PUBACKs and DISCONNECT. `Attempt` decides what is sent and what an answer means; here is what waits.
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import type { MqttConfig } from "../../domain/config/DeviceConfig.ts"
import * as Outgoing from "../../domain/packet/Outgoing.ts"
import type { InvalidPacket } from "../../domain/packet/PacketError.ts"
import * as Answers from "../../domain/wake/Answers.ts"
import * as Attempt from "../../domain/wake/Attempt.ts"
import * as ConnectionEnd from "../../domain/wake/ConnectionEnd.ts"
import { settle } from "../../domain/wake/InPlace.ts"
import * as Held from "../../domain/wake/Held.ts"
import { crowded } from "../../domain/wake/Eviction.ts"
import { addressOf } from "../../domain/wake/Servers.ts"
import * as Wake from "../../domain/wake/Wake.ts"
import { type Connection, type Endpoint, Socket, type SocketError, type Tls } from "../../ports/Socket.ts"
import { type WifiError, Wifi } from "../../ports/Wifi.ts"
import { askForTime } from "./askForTime.ts"
import { assignInPlace, loosen, nextInPlace, parted, refill } from "./backlog.ts"
import type { Ports } from "./ports.ts"
import { reported, statusOf } from "./status.ts"
import { rememberBeforeSending } from "./storage.ts"
import { notAnswered } from "./timedOut.ts"
import { withDeadline } from "./withDeadline.ts"

/** Why an attempt failed. */
export type ConnectionError = SocketError | WifiError | InvalidPacket | Attempt.AttemptError

/** What the configuration does not give is not there. */
const tlsOf = (mqtt: MqttConfig): Tls => ({
  ...(mqtt.sslCa === "" ? {} : { ca: mqtt.sslCa }),
  ...(mqtt.sslCert === "" ? {} : { cert: mqtt.sslCert }),
  ...(mqtt.sslKey === "" ? {} : { key: mqtt.sslKey })
})

/** All its fields are there: on a board, looking for a missing one costs more than having it. */
export const endpoint = (mqtt: MqttConfig): Endpoint => ({
  host: mqtt.broker as string,
  port: mqtt.port,
  tls: mqtt.ssl ? tlsOf(mqtt) : undefined
})

/** A Network Connection with what was said on it. */
export interface Open {
  readonly ports: Ports
  readonly connection: Connection
  readonly to: Endpoint
  readonly attempt: Attempt.Attempt
  /**
   * Milliseconds for the Server to read what is written, and to acknowledge all of it. Undefined: the wake has its own
   * end.
   */
  readonly deadline: number | undefined
}

export const send = (open: Open, packets: Outgoing.Outgoing): Effect.Effect<void, ConnectionError> => {
  if (Outgoing.isNone(packets)) return Effect.void
  const fault = Outgoing.fault(packets)
  if (fault !== undefined) return Effect.fail(fault)
  return withDeadline(open.connection.write(Outgoing.bytes(packets)), open, "has not read for")
}

/** Waits up to `millis` for the next bytes from the Server and takes them in. False: nothing came. */
export const receiveWithin = ({ attempt, connection }: Open, millis: number): Effect.Effect<boolean, SocketError> =>
  Effect.map(Effect.timeoutOrElse(connection.pull, { duration: millis, orElse: () => Effect.void }), (chunk) => {
    if (chunk !== undefined) Answers.take(attempt, chunk)
    return chunk !== undefined
  })

/** Waits for an answer of the Server. What is wrong with it is in the Attempt. */
export const receive = ({ attempt, connection, to }: Open): Effect.Effect<void, SocketError> => {
  const { timeout } = attempt.wake.config.mqtt
  const answer = Effect.timeoutOrElse(connection.pull, {
    duration: timeout * 1000,
    orElse: () => Effect.fail(notAnswered(to, timeout))
  })
  return Effect.map(answer, (chunk) => Answers.take(attempt, chunk))
}

/**
 * Sends what was not yet sent on this connection: answers to the Server, then what is in flight; the next window of
 * messages, when the last is through. Nothing before CONNACK. Fails with what has ended the attempt.
 */
export const publish = (open: Open): Effect.Effect<void, ConnectionError> => {
  const { attempt, ports } = open
  const { accepted, broken, wake } = attempt
  if (broken !== undefined) return Effect.fail(broken)
  if (!accepted) return Effect.void
  // As with everything that is sent, the Packet Identifiers are remembered first.
  if (!Attempt.hasPending(wake)) {
    if (Attempt.hasMore(wake)) return refilled(open)
  } else if (Attempt.hasRoom(wake)) {
    Wake.assign(wake)
    rememberBeforeSending(ports, wake)
  }
  return send(open, Attempt.send(attempt))
}

/** More comes from the journal. That takes much of a board's C stack, which is empty behind a timer. */
const refilled = (open: Open): Effect.Effect<void, ConnectionError> =>
  Effect.flatMap(Effect.sleep(0), () => {
    const { attempt, ports } = open
    const { wake } = attempt
    if (wake.inPlace && wake.inPlace.acknowledged.length > 0) settle(attempt)
    if (wake.inPlace) {
      if (!wake.inPlace.isWritten) {
        const packets = nextInPlace(ports, wake)
        if (!Outgoing.isNone(packets)) return Effect.andThen(send(open, packets), refilled(open))
        settle(attempt)
      }
      if (wake.inPlace) return Effect.void
    }
    if (wake.held.length > crowded) loosen(ports, wake)
    assignInPlace(ports, wake)
    if (wake.inPlace) rememberBeforeSending(ports, wake)
    else refill(ports, wake)
    return publish(open)
  })

const acknowledged = (open: Open): Effect.Effect<void, ConnectionError> =>
  Effect.gen(function*() {
    const { attempt } = open
    while (!Attempt.isDelivered(attempt)) {
      yield* publish(open)
      if (!Attempt.isDelivered(attempt)) yield* receive(open)
    }
  })

/**
 * Waits until everything pending is acknowledged, sending more as acknowledgements make room. If something after the
 * last acknowledgement breaks the connection, this does not undo it.
 */
export const deliver = (open: Open): Effect.Effect<void, ConnectionError> =>
  withDeadline(acknowledged(open), open, "has not acknowledged everything for")

/** Sends what was held back, part by part, when everything else is delivered. */
export const sendHeld = (open: Open): Effect.Effect<void, ConnectionError> =>
  Effect.gen(function*() {
    const { attempt, ports } = open
    const { wake } = attempt
    for (let isLast = wake.held.length === 0; !isLast;) {
      yield* deliver(open)
      isLast = wake.held.length === 0
      if (isLast) continue
      Held.release(wake, attempt.delivered)
      Wake.assign(wake)
      rememberBeforeSending(ports, wake)
    }
  })

/** A board's bundle may come without it. */
const timed: typeof askForTime | undefined = askForTime

/** There is a network, and the time was asked for if that is due. */
const online = (ports: Ports, wake: Wake.Wake): Effect.Effect<void, WifiError> => {
  const { joined } = Context.get(ports, Wifi)
  return timed === undefined ? joined : Effect.andThen(joined, timed(ports, wake))
}

const connect = (ports: Ports, to: Endpoint, wake: Wake.Wake): Effect.Effect<Connection, ConnectionError> => {
  const { timeout } = wake.config.mqtt
  // No time-out works on a board while it connects, because connecting blocks it.
  return Effect.andThen(
    online(ports, wake),
    withDeadline(Context.get(ports, Socket).connect(to), { deadline: timeout * 1000, to },
      "did not accept the connection within")
  )
}

/** A board's bundle may come without it. */
export const status: typeof statusOf | undefined = statusOf

/** Sends the device's status, where it has one, and these packets, in one write. */
export const sendWithStatus = (
  open: Open,
  packets: Outgoing.Outgoing,
  of: typeof statusOf
): Effect.Effect<void, ConnectionError> => {
  const { attempt: { wake }, ports } = open
  return Effect.map(send(open, Outgoing.join(of(ports, wake), packets)), () => reported(wake))
}

const talk = <E, R>(
  open: Open,
  after: (open: Open) => Effect.Effect<void, E, R>
): Effect.Effect<void, ConnectionError | E, R> =>
  Effect.gen(function*() {
    const { attempt } = open
    yield* send(open, Attempt.open(attempt))
    if (attempt.wake.inPlace && attempt.isOpen) yield* refilled(open)
    yield* deliver(open)
    Attempt.reached(attempt)
    yield* after(open)
    // Answers what the Server has sent and sends DISCONNECT, in one write.
    yield* (status === undefined ? send(open, Attempt.leave(attempt))
      : sendWithStatus(open, Attempt.leave(attempt), status))
  })

/** Closes the connection, and keeps what can be learned from it. */
const end = (ports: Ports, attempt: Attempt.Attempt, connection: Connection): Effect.Effect<void> =>
  Effect.suspend(() => {
    if (attempt.wake.state.journal > 0) parted(ports, attempt)
    if (Attempt.isUnusual(attempt)) ConnectionEnd.learn(attempt)
    return connection.close
  })

/** A board's bundle may come without it. */
const chosen: typeof addressOf | undefined = addressOf

/**
 * Connects, sends everything that can be sent at once, delivers, gives the open connection to `after`, then leaves. The
 * connection is closed however that ends.
 */
export const withConnection = <E, R>(
  ports: Ports,
  attempt: Attempt.Attempt,
  after: (open: Open) => Effect.Effect<void, E, R>,
  deadline?: number
): Effect.Effect<void, ConnectionError | E, R> => {
  const { wake } = attempt
  const usual = endpoint(wake.config.mqtt)
  const to = chosen === undefined ? usual : { ...usual, ...chosen(wake) }
  // Not acquired masked: a time-out of the whole wake would have to wait for a Server that does not answer. Nothing
  // between waits.
  return Effect.flatMap(connect(ports, to, wake), (connection) => {
    const open = { ports, connection, to, attempt, deadline }
    return Effect.ensuring(talk(open, after), end(ports, attempt, connection))
  })
}
