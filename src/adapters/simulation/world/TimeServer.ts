/**
 * The world's time server (SNTP, RFC 4330): 48 bytes in, 48 bytes out, or what its faults make of them.
 */
import type { Bytes } from "../../../domain/bytes/Bytes.ts"
import * as ActiveFaults from "../faults/ActiveFaults.ts"
import type { World } from "./World.ts"

const unixEpoch = 2_208_988_800
const era = 4_294_967_296

/** A timestamp of `millis` since 1970. */
const put = (packet: DataView, at: number, millis: number): void => {
  const seconds = millis / 1000 + unixEpoch
  packet.setUint32(at, Math.floor(seconds) % era)
  packet.setUint32(at + 4, Math.floor((seconds % 1) * era))
}

/** Ways in which an answer says no time; each from an answer that does. */
const spoiling: ReadonlyArray<(answer: Uint8Array) => Uint8Array> = [
  // Kiss of death.
  (answer) => {
    answer[1] = 0
    answer.set([0x52, 0x41, 0x54, 0x45], 12)
    return answer
  },
  // Another client's.
  (answer) => {
    answer[24] = (answer[24] as number) ^ 1
    return answer
  },
  // A server that has no time itself.
  (answer) => {
    answer[0] = 0xe4
    return answer
  },
  (answer) => {
    answer[1] = 16
    return answer
  },
  // A request in place of an answer.
  (answer) => {
    answer[0] = 0x23
    return answer
  },
  (answer) => answer.slice(0, 47),
  (answer) => answer.fill(0, 32)
]

/** What comes back of a request; undefined: nothing. */
export const answer = (world: World, request: Bytes): Bytes | undefined => {
  const { activeFaults } = world
  if (ActiveFaults.on(activeFaults, "timeSilent") !== undefined) return undefined
  const lie = ActiveFaults.on(activeFaults, "timeLies")
  const wrong = lie === undefined ? 0 : lie.share < 0.5 ? -lie.amount : lie.amount
  const bytes = new Uint8Array(48)
  const packet = new DataView(bytes.buffer)
  bytes[0] = 0x24
  bytes[1] = 2
  bytes.set(request.subarray(40, 48), 24)
  const now = world.epochMillis + world.now() + wrong
  put(packet, 32, now)
  put(packet, 40, now)
  const bad = ActiveFaults.on(activeFaults, "timeSpoilt")
  return bad === undefined ? bytes
    : (spoiling[Math.floor(bad.share * spoiling.length)] as (answer: Uint8Array) => Uint8Array)(bytes)
}
