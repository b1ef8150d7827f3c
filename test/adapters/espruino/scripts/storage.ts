/** Counts its boots in Storage; sleeps as long as it is asked to. */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { sleep } from "../../../../src/adapters/espruino/Sleep.ts"
import { storage } from "../../../../src/adapters/espruino/Storage.ts"
import * as Bytes from "../../../../src/domain/bytes/Bytes.ts"

declare const millis: number
declare const writes: number
declare const print: (text: string) => void

const allBytes = (() => {
  let text = ""
  for (let i = 0; i < 256; i++) text += String.fromCharCode(i)
  return Bytes.fromBinary(text)
})()

const valueOf = (found: ReturnType<typeof storage.read>): Bytes.Bytes | undefined =>
  Result.isSuccess(found) ? found.success : undefined

const program = Effect.gen(function*() {
  const found = valueOf(storage.read("count"))
  let count = found === undefined ? 0 : +Bytes.toText(found)
  print("found " + count)
  const kept = valueOf(storage.read("bytes"))
  print("bytes " + (kept === undefined ? "none" : Bytes.equals(kept, allBytes) ? "same" : "other"))
  const empty = valueOf(storage.read("empty"))
  print("empty " + (empty === undefined ? "none" : "" + Bytes.length(empty)))
  storage.write("bytes", allBytes)
  storage.write("empty", Bytes.empty)
  for (let i = 0; i < writes; i++) {
    count++
    storage.write("count", Bytes.fromText("" + count))
  }
  return yield* sleep.deepSleep(millis)
})

Effect.runFork(Effect.catchCause(program, (cause) => Effect.sync(() => print("died " + JSON.stringify(cause)))))
