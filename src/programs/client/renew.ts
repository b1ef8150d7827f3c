/**
 * Keeps the Server's Session as the user wants it, for everything that no call waits for.
 */
import * as Arr from "effect/Array"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Pingreq from "../../domain/packet/Pingreq.ts"
import * as Core from "./Core.ts"
import type * as Link from "./Link.ts"
import type { LinkError } from "./errors.ts"
import * as FilterState from "./FilterState.ts"
import { lose } from "./lose.ts"
import { filtersAtOnce, isRefused, maxFilters, refusalOf, request, subscribeTo, unsubscribeFrom } from "./request.ts"
import * as Subscriptions from "./Subscriptions.ts"

/** After so many connections lost on its renewal, a Topic Filter may be the cause, and is asked for alone. */
const suspectLosses = 2

/** After so many it is given up. */
const maxLosses = 4

const giveUp = (core: Core.Core): void => {
  for (const [filter, entry] of core.subscriptions.entries) {
    const { losses } = entry
    // The call that asks for it now will learn the answer.
    if (losses < maxLosses || entry.requests > 0) continue
    // Unsubscribing from it may be another reason to close.
    entry.state = FilterState.initial
    entry.losses = 0
    if (!Subscriptions.isWanted(entry)) Subscriptions.tidy(core.subscriptions, filter)
    else {lose(core, filter,
        `the Server has closed ${losses} connections when the Client asked it for ${filter} again: is it forbidden to read there?`)}
  }
}

type Due = ReturnType<typeof Subscriptions.due>

const subscribeAll = (core: Core.Core, link: Link.Link, wanted: Due, now: number): void => {
  for (const chunk of Arr.chunksOf(wanted, filtersAtOnce(core))) {
    const filters = chunk.map(([filter]) => filter)
    const before = chunk.map(([, entry]) => entry.wanted)
    request(core, link, filters, subscribeTo(core, filters), now, (answer) => {
      if (answer?._tag !== "Suback") return
      chunk.forEach(([filter, entry], i) => {
        // A caller that has asked for something else meanwhile learns the answer itself.
        if (isRefused(answer, i) && entry.wanted === before[i]) {
          lose(core, filter, refusalOf(answer, i, filter).message)
        }
      })
    })
  }
}

const unsubscribeAll = (core: Core.Core, link: Link.Link, unwanted: Due, now: number): void => {
  for (const chunk of Arr.chunksOf(unwanted, maxFilters)) {
    const filters = chunk.map(([filter]) => filter)
    request(core, link, filters, unsubscribeFrom(filters), now, () => {})
  }
}

const isSuspect = ([, { losses }]: Due[number]): boolean => losses >= suspectLosses

/** Asks for all that `isMeant` accepts, and returns what else there is to ask for. */
const askAll = (core: Core.Core, link: Link.Link, now: number, isMeant: (each: Due[number]) => boolean): Due => {
  const answerMillis = 2 * core.settings.replyMillis
  const wanted = Subscriptions.due(core.subscriptions, "subscribe", now, answerMillis)
  const unwanted = Subscriptions.due(core.subscriptions, "unsubscribe", now, answerMillis)
  subscribeAll(core, link, wanted.filter(isMeant), now)
  unsubscribeAll(core, link, unwanted.filter(isMeant), now)
  return wanted.concat(unwanted).filter((each) => !isMeant(each))
}

/**
 * Asks for all that may be asked for at once, and returns the suspect that is to be asked for alone, if nothing else is
 * unanswered.
 */
const renewSome = (core: Core.Core, link: Link.Link, now: number): Due[number] | undefined => {
  const [suspect] = askAll(core, link, now, (each) => !isSuspect(each))
  return Subscriptions.isAsking(core.subscriptions) ? undefined : suspect
}

/** The connection was accepted at `now`: asks for what the Server's Session lacks. `renew` does the rest. */
export const beginRenewal = (core: Core.Core, link: Link.Link, now: number): void => {
  giveUp(core)
  askAll(core, link, now, (each) => !isSuspect(each))
}

/** Done when the connection has shown that it stays, or has had the time to. */
const shown = (core: Core.Core, link: Link.Link): Effect.Effect<void, LinkError> => {
  const answered = Effect.callback<void, LinkError>((resume) => {
    link.pings.push(resume)
    link.send(Pingreq.value)
  })
  return Effect.timeoutOrElse(answered, { duration: core.settings.replyMillis, orElse: () => Effect.void })
}

/**
 * On one connection: asks for what the Server's Session lacks, and unsubscribes from what nobody wants any more, until
 * the Server has answered.
 */
export const renew = (core: Core.Core, link: Link.Link): Effect.Effect<never, LinkError> =>
  Effect.gen(function*() {
    const { subscriptions } = core
    while (true) {
      // A Client that is leaving asks for nothing any more.
      if (core.ended !== undefined) return yield* Effect.never
      subscriptions.changed.closeUnsafe()
      const suspect = renewSome(core, link, yield* Clock.currentTimeMillis)
      if (suspect !== undefined) {
        yield* shown(core, link)
        // If it is still to be asked for: the user may have changed his mind.
        askAll(core, link, yield* Clock.currentTimeMillis, ([filter]) => filter === suspect[0])
      }
      const changed = subscriptions.changed.await
      const soon = Effect.timeoutOrElse(changed, { duration: core.settings.replyMillis, orElse: () => Effect.void })
      yield* (Subscriptions.isUnsettled(subscriptions) ? soon : changed)
      // Whoever has changed something is still working: a call that has failed will not want it any more.
      yield* Effect.yieldNow
    }
  })
