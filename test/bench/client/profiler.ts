/** Where a process spends its time while it works, by function, the waits left out. */
import * as inspector from "node:inspector/promises"
import * as path from "node:path"
import type { Share } from "./orders.ts"

const shares = (profile: inspector.Profiler.Profile): ReadonlyArray<Share> => {
  const byFunction = new Map<string, number>()
  const nodes = new Map(profile.nodes.map((node) => [node.id, node.callFrame]))
  let busy = 0
  profile.samples?.forEach((id, i) => {
    const frame = nodes.get(id)
    const micros = profile.timeDeltas?.[i] ?? 0
    if (
      frame === undefined || frame.functionName === "(idle)" || frame.functionName === "(program)" ||
      frame.functionName === "dispatch"
    ) return
    const file = frame.url === "" ? "" : ` ${path.basename(frame.url)}:${frame.lineNumber + 1}`
    const name = (frame.functionName === "" ? "(anonymous)" : frame.functionName) + file
    byFunction.set(name, (byFunction.get(name) ?? 0) + micros)
    busy += micros
  })
  return Array.from(byFunction, ([name, micros]) => ({ name, share: micros / busy })).sort((a, b) => b.share - a.share)
}

/** Does the work, and gives the functions that took most of the processor, most first. */
export const profile = async (work: () => Promise<void>): Promise<ReadonlyArray<Share>> => {
  const session = new inspector.Session()
  session.connect()
  await session.post("Profiler.enable")
  await session.post("Profiler.start")
  await work()
  const { profile } = await session.post("Profiler.stop")
  session.disconnect()
  return shares(profile).slice(0, 12)
}
