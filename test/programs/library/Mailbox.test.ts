/** What a loop gets, in which order, and when a value counts as done. */
import { expect, it } from "vitest"
import * as Mailbox from "../../../src/programs/library/Mailbox.ts"

const over = { done: true, value: undefined }
const given = (value: number) => ({ done: false, value })

const make = () => {
  const finished: Array<number> = []
  return { finished, mailbox: Mailbox.make<number>((value) => finished.push(value)) }
}

it("gives values in order, those that wait and those that are awaited", async () => {
  const { mailbox } = make()
  mailbox.push(1)
  mailbox.push(2)
  expect(await mailbox.next()).toEqual(given(1))
  const both = Promise.all([mailbox.next(), mailbox.next()])
  mailbox.push(3)
  expect(await both).toEqual([given(2), given(3)])
})

it("counts a value as done when the next one is asked for", async () => {
  const { finished, mailbox } = make()
  mailbox.push(1)
  mailbox.push(2)
  expect([mailbox.size(), finished]).toEqual([2, []])
  await mailbox.next()
  expect([mailbox.size(), finished]).toEqual([2, []])
  await mailbox.next()
  expect([mailbox.size(), finished]).toEqual([1, [1]])
  const third = mailbox.next()
  expect([mailbox.size(), finished]).toEqual([0, [1, 2]])
  mailbox.push(3)
  expect([await third, mailbox.size()]).toEqual([given(3), 1])
})

it("gives what waits before its end, and then nothing more", async () => {
  const { finished, mailbox } = make()
  mailbox.push(1)
  mailbox.end()
  mailbox.push(2)
  expect(finished).toEqual([2])
  expect([await mailbox.next(), await mailbox.next(), await mailbox.next()]).toEqual([given(1), over, over])
})

it("throws its failure once, after what waits; one end is all", async () => {
  const { mailbox } = make()
  mailbox.push(1)
  mailbox.end({ failure: undefined })
  mailbox.end({ failure: "another" })
  expect(await mailbox.next()).toEqual(given(1))
  await expect(mailbox.next()).rejects.toBe(undefined)
  expect(await mailbox.next()).toEqual(over)
})

it("throws to the first of those who wait, and ends the others", async () => {
  const { mailbox } = make()
  const waiting = Promise.allSettled([mailbox.next(), mailbox.next()])
  mailbox.end({ failure: "lost" })
  expect(await waiting).toEqual([{ status: "rejected", reason: "lost" }, { status: "fulfilled", value: over }])
})

it("drops what waits when its loop is left, and the oldest when asked to", async () => {
  const { finished, mailbox } = make()
  for (const value of [1, 2, 3, 4]) mailbox.push(value)
  await mailbox.next()
  mailbox.dropOldest()
  expect(finished).toEqual([2])
  mailbox.leave()
  expect([finished, mailbox.size()]).toEqual([[2, 1, 3, 4], 0])
  mailbox.push(5)
  expect([await mailbox.next(), finished]).toEqual([over, [2, 1, 3, 4, 5]])
})
