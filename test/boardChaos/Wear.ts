/** Flash that has been used: nearly full of what was erased, so that Espruino soon has to compact it. */
import { readFileSync, writeFileSync } from "node:fs"
import type { Chance } from "./random.ts"

const headerBytes = 32

/** The end of the last file: where erased flash begins for good. */
const end = (flash: Buffer): number => {
  let at = flash.length
  while (at > 0 && flash[at - 1] === 0xff) at--
  return (at + 3) & ~3
}

/** Of some flashes, which the seed chooses: all but a few pages are taken by a file that was erased. */
export const wear = (image: string, chance: Chance): void => {
  const left = chance.one([0, 0, 0, 12_000, 30_000, 60_000])
  if (left === 0) return
  const flash = readFileSync(image)
  const at = end(flash)
  const size = flash.length - at - headerBytes - left
  flash.writeUInt32LE(size, at)
  flash.fill(0, at + 4, at + headerBytes)
  flash.fill(0x20, at + headerBytes, at + headerBytes + size)
  writeFileSync(image, flash)
}
