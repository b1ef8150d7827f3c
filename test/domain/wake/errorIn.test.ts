import { describe, expect, it } from "vitest"
import { errorIn } from "../../../src/domain/wake/errorIn.ts"
import type { WakeEvent } from "../../../src/domain/wake/WakeEvent.ts"

describe("what went wrong", () => {
  it.each<readonly [event: WakeEvent, error: string | undefined]>([
    [{ _tag: "TryFailed", attempt: 2, error: "SocketError", reason: "refused" }, "refused"],
    [{ _tag: "NotMeasured", sensor: "balcony", reason: "it did not answer" }, "balcony: it did not answer"],
    [{ _tag: "MemoryLost", what: "state", reason: "a wrong checksum" }, "state: a wrong checksum"],
    [{ _tag: "NotSaved", reason: "x".repeat(100) }, "x".repeat(100)],
    [{ _tag: "NotSaved", reason: "x".repeat(200) }, "x".repeat(97) + "..."],
    [{ _tag: "NotSaved", reason: "word ".repeat(40) }, "word ".repeat(19).trim() + "..."],
    [{ _tag: "Failed", reason: "the wake took longer than 60 s" }, "the wake took longer than 60 s"],
    [{ _tag: "Connected", sessionPresent: true }, undefined],
    [{ _tag: "Waiting", millis: 5, attemptCount: 3 }, undefined]
  ])("is said in words of %j", (event, error) => {
    expect(errorIn(event)).toBe(error)
  })
})
