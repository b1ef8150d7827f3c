/**
 * The journal of a device, as far as each step of it needs. A board's program has a twin of this: its journal lies with
 * what uses it, in overlays.
 */
import * as Context from "effect/Context"
import type { Appender, Finder, Reader } from "../../domain/state/Journal.ts"
import { Journal } from "../../ports/Journal.ts"
import type { Ports } from "./ports.ts"

export const reader = (ports: Ports): Reader => Context.get(ports, Journal)
export const appender = (ports: Ports): Appender => Context.get(ports, Journal)
export const finder = (ports: Ports): Finder => Context.get(ports, Journal)
