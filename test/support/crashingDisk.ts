/**
 * Node's `fs/promises` on a disk whose power can be cut at any call and behind any byte, with what a disk may have kept
 * then. The files are real; what has been flushed is kept beside them, since no test can empty the page cache.
 */
import { readdirSync, rmSync, writeFileSync } from "node:fs"
import type * as RealFs from "node:fs/promises"
import * as path from "node:path"

type Fs = typeof RealFs

interface Inode {
  issued: Uint8Array
  /** As of its last flush. */
  flushed: Uint8Array
}

export interface Disk {
  readonly directory: string
  /** Calls that are still let through, and then bytes of the next write. */
  steps: number
  bytes: number
  isDead: boolean
  /** Whether the power went under a write, and how long that was. */
  size: number
  /** A disk whose flush does nothing, to see that the test sees it. */
  ignoresFlush: boolean
  readonly issued: Map<string, Inode>
  /** The directory as of its last flush. */
  flushed: Map<string, Inode>
}

export const make = (directory: string): Disk => ({
  directory,
  steps: Infinity,
  bytes: 0,
  isDead: false,
  size: 0,
  ignoresFlush: false,
  issued: new Map(),
  flushed: new Map()
})

/** What may be found after a power cut. */
export const survivors = ["everything issued", "only what was flushed", "the directory's changes, and of the files what was flushed"] as const

/** Makes the directory what the disk has kept. */
export const survive = (disk: Disk, what: (typeof survivors)[number]): void => {
  const names = what === "only what was flushed" ? disk.flushed : disk.issued
  for (const name of readdirSync(disk.directory)) rmSync(path.join(disk.directory, name))
  for (const [name, inode] of names) writeFileSync(path.join(disk.directory, name), what === "everything issued" ? inode.issued : inode.flushed)
}

const dies = (disk: Disk): boolean => {
  if (disk.isDead) return true
  disk.isDead = disk.steps-- <= 0
  return disk.isDead
}

const powerCut = () => new Error("the power went")

/** `fs/promises` as the Storage adapter uses it, over the disk that `current` names; elsewhere the real one. */
export const over = (real: Fs, current: () => Disk | undefined): Fs => {
  const step = (disk: Disk) => {
    if (dies(disk)) throw powerCut()
  }
  const open = async (file: string, flags: string): Promise<RealFs.FileHandle> => {
    const disk = current()
    if (disk === undefined) return real.open(file, flags)
    step(disk)
    const isDirectory = path.resolve(file) === path.resolve(disk.directory)
    const name = path.basename(file)
    const handle = await real.open(file, flags)
    const inode = isDirectory ? undefined : disk.issued.get(name) ?? { issued: new Uint8Array(), flushed: new Uint8Array() }
    if (inode !== undefined) {
      inode.issued = new Uint8Array()
      disk.issued.set(name, inode)
    }
    const opened = {
      writeFile: async (value: Uint8Array) => {
        const isCut = dies(disk)
        if (isCut && disk.size === 0) disk.size = value.length
        const through = isCut ? value.slice(0, disk.bytes) : value
        if (inode !== undefined) inode.issued = Uint8Array.from(through)
        await handle.writeFile(through)
        if (isCut) throw powerCut()
      },
      sync: async () => {
        step(disk)
        if (disk.ignoresFlush) return
        if (inode === undefined) disk.flushed = new Map(disk.issued)
        else inode.flushed = inode.issued
      },
      // The system closes what a dead program leaves open.
      close: async () => {
        await handle.close()
        step(disk)
      }
    }
    return opened as unknown as RealFs.FileHandle
  }
  const rename = async (from: string, to: string): Promise<void> => {
    const disk = current()
    if (disk === undefined) return real.rename(from, to)
    step(disk)
    await real.rename(from, to)
    disk.issued.set(path.basename(to), disk.issued.get(path.basename(from)) as Inode)
    disk.issued.delete(path.basename(from))
  }
  return { ...real, open: open as Fs["open"], rename: rename as Fs["rename"] }
}
