import * as Effect from "effect/Effect"
import { underFaults } from "../src/adapters/simulation/driven.ts"
import * as Run from "../src/programs/chaos/Run.ts"
import * as Life from "../src/programs/chaos/Life.ts"
import { device } from "../src/programs/device/device.ts"
import { Storage } from "../src/ports/Storage.ts"
import { Journal } from "../src/ports/Journal.ts"
import * as DeviceState from "../src/domain/state/DeviceState.ts"
import * as JournalRecord from "../src/domain/delivery/JournalRecord.ts"
import * as Result from "effect/Result"
import { checkers } from "../src/programs/chaos/checkers/all.ts"
import { Events } from "../src/ports/Events.ts"
import * as Clock from "effect/Clock"
const [seed, list, wakes = "2500", last = "5"] = process.argv.slice(2) as [string, string]
const set = Run.setting(underFaults, seed, Number(wakes))
const only = new Set(list === "all" ? set.plan.map((_, i) => i) : list.split(",").map((one) => Number(one) - 0))
const plan = set.plan.filter((_, i) => only.has(i))
let wake = 0
const log: string[] = []
const rec = (r: any) => { const m = JournalRecord.decode(r); return m.topic + " " + m.payload }
const program = Effect.gen(function*() {
  const inner = yield* Storage
  const ev = yield* Events
  const jr = yield* Journal
  const clock = yield* Clock.Clock
  wake++
  return yield* device(set.scene.config).pipe(Effect.provideService(Storage, { ...inner, write: (name: string, value: any) => {
    const r = inner.write(name, value)
    if (name === "state") { const s = Result.getOrUndefined(DeviceState.decode(value)); log.push(wake + " W ids=" + s?.outbox.entries.map((e) => e.id + ":" + e.topic.slice(-11) + e.payload) + " drop=" + s?.outbox.dropped + " j=" + s?.journal + " fl=" + s?.session.inFlight.map((f) => f.packetIdentifier + ">" + f.entry) + " sus=" + JSON.stringify(s?.suspects) + " try=" + s?.reconnect.attemptCount + " now=" + clock.currentTimeMillisUnsafe() + " " + r._tag) }
    return r } }),
    Effect.provideService(Journal, {
      append: (record: any, keep: number, bytes: number) => { const r = jr.append(record, keep, bytes); log.push(wake + " J append " + rec(record) + " keep=" + keep + " -> " + JSON.stringify(r)); return r },
      read: (from: number, most: number) => { const r: any = jr.read(from, most); log.push(wake + " J read " + from + " " + most + " -> " + (r.success ? r.success.next + " " + r.success.records.map(rec) : JSON.stringify(r))); return r },
      end: () => { const r = jr.end(); log.push(wake + " J end " + JSON.stringify(r)); return r }
    }),
    Effect.provideService(Events, { emit: (e: any) => { log.push(wake + " " + JSON.stringify(e)); ev.emit(e) } }))
}) as any
const r = await Effect.runPromise(Life.live(underFaults, { ...set, plan, checkers, program }) as any) as any
console.log(log.filter((l) => Number(l.split(" ")[0]) > wake - Number(last)).join("\n"))
console.log(JSON.stringify(plan), r.broken?.reason)
