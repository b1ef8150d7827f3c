/**
 * The process that does the work of `watch`, so that one input which never returns, or takes all memory, cannot take
 * its watcher along. Started with a Job as JSON; says how far it is before every few inputs, and waits until that is
 * said.
 */
import { check } from "./check.ts"
import * as Chance from "./Chance.ts"
import * as codecsUnderTest from "./codecs.ts"
import * as Input from "./Input.ts"
import { shrink } from "./shrink.ts"
import type { Job, Said } from "./watch.ts"

const job = JSON.parse(process.argv[2] as string) as Job
const { load } = job.codecs === undefined ? codecsUnderTest : await import(job.codecs) as typeof codecsUnderTest

// Errors are made by the million here, and looked at by their fields.
Error.stackTraceLimit = 0

const say = (said: Said): Promise<void> =>
  new Promise((resolve, reject) =>
    process.send?.(said, (fault: Error | null) => fault === null ? resolve() : reject(fault))
  )

const codecs = await load()
const seed = Chance.hash(job.seed)
const verdicts = new Map<string, number>()
let packets = 0

const run = async (): Promise<void> => {
  for (let number = job.from; number < job.from + job.count; number++) {
    if ((number - job.from) % job.every === 0) {
      await say({ _tag: "At", number, packets, bytes: process.memoryUsage().rss })
    }
    const input = Input.make(seed, number)
    const seen = check(codecs, input)
    if (typeof seen === "string") {
      const shrunk = shrink(codecs, input)
      const fault = check(codecs, shrunk)
      return say({ _tag: "Broken", number, fault: typeof fault === "string" ? fault : seen, ...toText(shrunk) })
    }
    packets += seen.packets.length
    const verdict = seen.verdict.replace(/^(PacketTooLarge).*/, "$1")
    verdicts.set(verdict, (verdicts.get(verdict) ?? 0) + 1)
  }
  await say({ _tag: "At", number: job.from + job.count, packets, bytes: process.memoryUsage().rss })
  await say({ _tag: "Done", verdicts: Object.fromEntries(verdicts) })
}

const toText = ({ maximum, sizes, stream }: Input.Input) => ({
  stream: Buffer.from(stream).toString("hex"),
  sizes,
  maximum
})

await run()
process.disconnect()
