import { expect, it } from "vitest"
import { emitDropped, type WakeEvent } from "../../../src/domain/wake/WakeEvent.ts"

it.each<readonly [count: number, events: ReadonlyArray<WakeEvent>]>([
  [0, []],
  [1, [{ _tag: "Dropped", count: 1 }]],
  [7, [{ _tag: "Dropped", count: 7 }]]
])("%i messages were evicted", (count, expected) => {
  const events: Array<WakeEvent> = []
  emitDropped((event) => events.push(event), count)
  expect(events).toEqual(expected)
})
