/** What the user of a Client does, thing by thing. */
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import type * as Client from "../../../src/programs/client/Client.ts"
import * as Payload from "./Payload.ts"
import * as Process from "./Process.ts"
import type { Action, HandlerKind } from "./Step.ts"
import { ask, fork, type Guest, leave, listen, publish, rest, took, type User } from "./User.ts"
import { firstForged } from "./World.ts"

/** What a handler does that takes time. */
const work = (
  user: User,
  guest: Guest,
  kind: HandlerKind,
  millis: number,
  number: number
): Effect.Effect<unknown, unknown> | undefined => {
  switch (kind) {
    case "slow":
      return rest(user, millis % 3_000)
    // Not on what a hostile Server sends by the thousand.
    case "publishes":
      return number >= firstForged ? undefined : publish(user, guest, "out/h", 1, false, 20)
    case "fails":
      return Effect.fail("a handler that fails")
    default:
      return undefined
  }
}

const handler = (
  user: User,
  guest: Guest,
  call: number,
  kind: HandlerKind,
  millis: number
): Client.Handler | undefined =>
  kind === "none"
    ? undefined
    : (message) => {
      const number = Payload.number(message.payload)
      user.see({
        _tag: "Handling",
        call,
        number,
        topic: message.topic,
        qos: message.qos,
        retain: message.retain,
        isForged: number >= firstForged
      })
      const handled = () => user.see({ _tag: "Handled", call, number })
      const effect = work(user, guest, kind, millis, number)
      if (effect !== undefined) return Effect.ensuring(effect, Effect.sync(handled))
      handled()
      if (kind === "throws") throw new Error("a handler that throws")
      return undefined
    }

const killable = ({ process }: Guest, handler: Client.Handler | undefined) =>
  process === undefined || handler === undefined ? handler : Process.handler(process, handler)

const subscribe = (user: User, guest: Guest, { filter, handler: kind, millis, qos }: Action) =>
  ask(user, guest, { _tag: "Subscribe", filter, qos, handler: kind }, (call) =>
    guest.client.subscribe(filter, { qos }, killable(guest, handler(user, guest, call, kind, millis))))

const stream = (user: User, guest: Guest, { count, millis, way }: Action) => {
  const each = (message: Client.Received) =>
    Effect.suspend(() => {
      took(user, guest)(message)
      return way === "await" ? rest(user, 500) : Effect.void
    })
  return Effect.timeoutOption(Stream.runForEach(Stream.take(guest.client.messages, count), each), millis)
}

const many = (
  user: User,
  guest: Guest,
  { count, millis, qos, retain, topic, way, ...action }: Action
): Effect.Effect<unknown, unknown> => {
  const bytes = Math.min(action.bytes, Math.floor(1_000_000 / count))
  const one = () => Effect.ignoreCause(publish(user, guest, topic, qos, retain, bytes))
  const each = Array.from({ length: count })
  switch (way) {
    case "await":
      return Effect.forEach(each, one, { discard: true })
    case "fork":
      return Effect.forEach(each, () => fork(user, one()), { discard: true })
    case "interrupt":
    case "timeout":
      return Effect.timeoutOption(
        Effect.forEach(each, one, { discard: true, concurrency: way === "interrupt" ? "unbounded" : 1 }),
        millis
      )
  }
}

/** One thing of the story. Without a Client there is nothing to do. */
export const perform = (user: User, action: Action): Effect.Effect<unknown, unknown> =>
  Effect.suspend((): Effect.Effect<unknown, unknown> => {
    const { guest } = user
    if (guest === undefined) return Effect.void
    switch (action.kind) {
      case "publish":
      case "burst":
        return many(user, guest, action)
      case "subscribe":
        return subscribe(user, guest, action)
      case "unsubscribe":
        return ask(user, guest, { _tag: "Unsubscribe", filter: action.filter }, () =>
          guest.client.unsubscribe(action.filter))
      case "readTopic": {
        const reading = listen(user, guest, [action.topic], action.millis)
        return action.way === "interrupt" ? Effect.timeoutOption(reading, action.millis / 2) : reading
      }
      case "listen":
        return listen(user, guest, [action.filter, action.topic], action.millis)
      case "stream":
        return stream(user, guest, action)
      case "poll":
        return Effect.map(guest.client.poll, (messages) => messages.forEach(took(user, guest)))
      case "ping":
        return ask(user, guest, { _tag: "Ping" }, () => guest.client.ping)
      case "renew":
        user.absence = action.millis
        return leave(user, guest, action.way === "await" || action.way === "fork")
    }
  })
