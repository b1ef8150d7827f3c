/**
 * The journal of a device, as far as each step of it needs: what was thinned out is in its place (state/Thinned). A
 * board's program has a twin of this: its journal lies with what uses it, in overlays.
 */
import * as Context from "effect/Context"
import type { Appender, Finder, Reader, Sheets } from "../../domain/state/Journal.ts"
import * as Thinned from "../../domain/state/Thinned.ts"
import type { Wake } from "../../domain/wake/Wake.ts"
import { Journal } from "../../ports/Journal.ts"
import type { Ports } from "./ports.ts"

const journal = (ports: Ports): Journal["Service"] => Context.get(ports, Journal)

export const sheets = (ports: Ports): Sheets => journal(ports).sheets

export const reader = (ports: Ports, { state }: Wake): Reader => ({
  read: Thinned.reading(journal(ports).read, sheets(ports), state.thinned)
})

export const appender = (ports: Ports, { state }: Wake): Appender => ({
  append: Thinned.appending(journal(ports).append, state.thinned),
  end: journal(ports).end
})

export const finder = (ports: Ports, wake: Wake): Finder => ({
  read: reader(ports, wake).read,
  end: journal(ports).end
})
