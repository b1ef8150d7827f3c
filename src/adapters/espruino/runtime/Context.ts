/**
 * The part of effect/Context that a device program uses: service tags.
 *
 * A tag is the effect of its service, see `Node`: providing one puts it into the field `v` of its tag. Espruino does
 * not inherit statics and does not parse `extends` of a call, so a bundle makes
 * `class X extends Context.Service()(key) {}` a variable; as a class it works on Node.
 */
import type * as C from "effect/Context"
import { tag } from "./shape.ts"

export type * from "effect/Context"

export const Service = (() => tag) as unknown as typeof C.Service

/** The services are in their tags: no context holds them. */
export const get = ((_context: unknown, key: { readonly v: unknown }): unknown => key.v) as unknown as typeof C.get
