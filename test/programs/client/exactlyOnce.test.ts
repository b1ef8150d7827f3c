/** QoS 2, with the connection cut after every packet, in every order: exactly once, in both directions. */
import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { type Choice, make, type World } from "./exactlyOnce.ts"

/** No PUBLISH follows the PUBREL of its message (MQTT-4.3.3-1), and one that is sent again says so (MQTT-3.3.1-1). */
const faultOf = ({ sent }: World): string | undefined => {
  for (const side of ["C", "S"]) {
    const published = new Set<string>()
    const released = new Set<string>()
    for (const line of sent) {
      if (!line.startsWith(side + " Pub")) continue
      const [, tag, identifier = "", payload = "", dup] = line.split(" ")
      if (tag === "Pubrel") released.add(identifier)
      if (tag !== "Publish") continue
      // A message that was noted in a store may not have been sent before a kill.
      const isWrong = published.has(payload) ? dup !== "DUP" : dup === "DUP" && !sent.includes("kill")
      if (isWrong) return `${line}: DUP is wrong`
      // A Packet Identifier is used again only for another message.
      if (published.has(payload) && released.has(identifier)) return `${line}: after its PUBREL`
      released.delete(identifier)
      published.add(payload)
    }
  }
  return undefined
}

const check = (world: World, payloads: ReadonlyArray<string>): void => {
  world.finish()
  const { arrived, handled, sent } = world
  // Who published has gone with its process.
  const published = sent.includes("kill") ? payloads : world.published
  const found = { fault: faultOf(world), arrived, handled, published, sent }
  const wanted = { fault: undefined, arrived: payloads, handled: payloads, published: payloads, sent }
  if (JSON.stringify(found) !== JSON.stringify(wanted)) expect(found).toEqual(wanted)
}

/** Every way to go through a story with up to `cuts` of them; gives their number. */
const explore = (
  payloads: ReadonlyArray<string>,
  cuts: number,
  orders: (possible: ReadonlyArray<Choice>) => ReadonlyArray<Choice>,
  hasStore = false
): number => {
  let stories = 0
  const queue: Array<ReadonlyArray<Choice>> = [[]]
  for (let choices = queue.pop(); choices !== undefined; choices = queue.pop()) {
    const world = make(payloads, 64, hasStore)
    for (const choice of choices) world.step(choice)
    const left = cuts - choices.filter((choice) => choice === "cut" || choice === "kill").length
    const possible = world.possible()
    const isOver = !possible.includes("up") && !possible.includes("down") || left === 0
    if (isOver) {
      check(world, payloads)
      stories++
      continue
    }
    for (const next of orders(possible)) queue.push([...choices, next])
  }
  return stories
}

describe("QoS 2", () => {
  it("delivers one message once each way, whichever packets are lost in whatever order, with two cuts", () => {
    expect(explore(["m"], 2, (possible) => possible)).toBeGreaterThan(400)
  })

  it.each([["up", "down"], ["down", "up"]] as const)("delivers three messages, cut twice anywhere, %s first",
    (first, other) => {
      const orders = (
        possible: ReadonlyArray<Choice>
      ): ReadonlyArray<Choice> => [possible.includes(first) ? first : other, "cut"]
      expect(explore(["1", "2", "3"], 2, orders)).toBeGreaterThan(300)
    })

  it("with a store delivers one message once each way, whenever its process is killed", () => {
    expect(explore(["m"], 2, (possible) => possible.filter((choice) => choice !== "cut"), true)).toBeGreaterThan(400)
  })

  it("with a store delivers three messages, though its process is killed twice anywhere", () => {
    const orders = (possible: ReadonlyArray<Choice>): ReadonlyArray<Choice> => [
      possible.includes("up") ? "up" : "down",
      "kill"
    ]
    expect(explore(["1", "2", "3"], 2, orders, true)).toBeGreaterThan(300)
  })

  it.each([[false, "cut"], [true, "kill"]] as const)("delivers many messages in order, whatever happens (store: %s)",
    (hasStore, worst) => {
      const choice = fc.constantFrom<Choice>("up", "up", "up", "up", "down", "down", "down", "down", "cut", worst)
      fc.assert(
        fc.property(fc.integer({ min: 1, max: 12 }), fc.constantFrom(1, 3, 64), fc.array(choice, { maxLength: 200 }),
          (count, window, choices) => {
            const payloads = Array.from({ length: count }, (_, index) => String(index))
            const world = make(payloads, window, hasStore)
            for (const next of choices) world.step(next)
            check(world, payloads)
          }),
        { numRuns: 300 }
      )
    })
})
