import { describe, expect, it } from "vitest"
import { progress } from "../../../../src/programs/simulate/fleet/progress.ts"

/** A machine on which half of the time is the program's. */
const watched = (isTerminal: boolean) => {
  const written: Array<string> = []
  let time = 0
  const machine = {
    now: () => time,
    processorMillis: () => time / 2,
    megabytes: () => 250.4,
    isTerminal,
    write: (text: string) => void written.push(text)
  }
  const pass = (millis: number) => void (time += millis)
  return { written, pass, ...progress(machine, 2.5) }
}

const day = 86_400_000

describe("the progress of a fleet", () => {
  it("moves one line on a terminal, after a moment", () => {
    const { onPolicy, onProgress, pass, written } = watched(true)
    pass(900)
    onProgress("no jitter", day, 100)
    expect(written).toEqual([])
    pass(1_100)
    onProgress("no jitter", day, 100_000)
    pass(2_000)
    onPolicy("no jitter", 300_000, 1)
    onProgress("full jitter", day, 5)
    expect(written).toEqual([
      "\r\u001b[2Kno jitter: 100,000 wakes in 2 s (1 s of processor time: 100,000 a second), 250 MB; day 2 of 3",
      "\r\u001b[2Kno jitter: 300,000 wakes in 4 s (2 s of processor time: 150,000 a second), 250 MB; 1 wake in full\n"
    ])
  })

  it("is a line now and then in a log, and one for each policy", () => {
    const { onPolicy, onProgress, pass, written } = watched(false)
    for (let i = 1; i <= 7; i++) {
      pass(10_000)
      onProgress("no jitter", i * day / 2, i * 1_000_000)
    }
    onPolicy("no jitter", 7_000_000, 2)
    expect(written).toEqual([
      "no jitter: 2,000,000 wakes in 20 s (10 s of processor time: 200,000 a second), 250 MB; day 2 of 3\n",
      "no jitter: 4,000,000 wakes in 40 s (20 s of processor time: 200,000 a second), 250 MB; day 3 of 3\n",
      "no jitter: 6,000,000 wakes in 1 min (30 s of processor time: 200,000 a second), 250 MB; day 3 of 3\n",
      "no jitter: 7,000,000 wakes in 1 min 10 s (35 s of processor time: 200,000 a second), 250 MB; 2 wakes in full\n"
    ])
  })
})
