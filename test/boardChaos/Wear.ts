/** Flash that has been used: nearly full of what was erased, so that Espruino soon has to compact it. */
import { readFileSync, writeFileSync } from "node:fs"
import type { Chance } from "./random.ts"

const headerBytes = 32
const pageBytes = 4096
const erased = 0xffffffff

/** Behind the last file, whose own end may be erased flash. */
const end = (flash: Buffer): number => {
  let last = 0
  for (let at = 0; at + headerBytes <= flash.length;) {
    const size = flash.readUInt32LE(at)
    if (size === erased) at = (at & ~(pageBytes - 1)) + pageBytes
    else at = last = at + headerBytes + (((size & 0xffffff) + 3) & ~3)
  }
  return last
}

/** All but so many bytes of this flash are taken by a file that was erased. */
export const fill = (image: string, left: number): void => {
  const flash = readFileSync(image)
  const at = end(flash)
  const size = flash.length - at - headerBytes - left
  flash.writeUInt32LE(size, at)
  flash.fill(0, at + 4, at + headerBytes)
  flash.fill(0x20, at + headerBytes, at + headerBytes + size)
  writeFileSync(image, flash)
}

/** Of some flashes, which the seed chooses. */
export const wear = (image: string, chance: Chance): void => {
  const left = chance.one([0, 0, 0, 12_000, 30_000, 60_000])
  if (left > 0) fill(image, left)
}
