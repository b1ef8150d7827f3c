/** A wake of a board's script as its tests look at it. */
import * as Effect from "effect/Effect"
import { expect } from "vitest"
import type * as VmBoard from "../../support/vmBoard.ts"
import { tags } from "../device/support.ts"

/** One wake: what it told, and whether it joined a network. */
export const wake = (board: VmBoard.Board) =>
  Effect.map(Effect.promise(() => board.wake()), ({ events, isRadioOn, joined, uncaught }) => {
    expect([uncaught, isRadioOn]).toEqual([[], false])
    return { events, tags: tags(events), hasJoined: joined.length > 0 }
  })
