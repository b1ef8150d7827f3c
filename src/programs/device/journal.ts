/** The journal of a device. A board's program has a twin of this: its journal lies with what uses it, in an overlay. */
import * as Context from "effect/Context"
import type { Journal as DomainJournal } from "../../domain/state/Journal.ts"
import { Journal } from "../../ports/Journal.ts"
import type { Ports } from "./ports.ts"

export const journalOf = (ports: Ports): DomainJournal => Context.get(ports, Journal)
