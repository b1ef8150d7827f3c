/**
 * Node's `fs` on a disk whose power can be cut at any call and behind any byte, with what a disk may have kept
 * then. The files are real; what has been flushed is kept beside them, since no test can empty the page cache.
 */
import type * as RealFs from "node:fs"
import * as path from "node:path"

// Not imported: where this is loaded, `node:fs` is what is made here.
const { readdirSync, rmSync, writeFileSync } = process.getBuiltinModule("node:fs")

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
export const survivors = ["everything issued", "only what was flushed",
  "the directory's changes, and of the files what was flushed"] as const

/** Makes the directory what the disk has kept. */
export const survive = (disk: Disk, what: (typeof survivors)[number]): void => {
  const names = what === "only what was flushed" ? disk.flushed : disk.issued
  for (const name of readdirSync(disk.directory)) rmSync(path.join(disk.directory, name))
  for (const [name, inode] of names) {
    writeFileSync(path.join(disk.directory, name), what === "everything issued" ? inode.issued : inode.flushed)
  }
}

const dies = (disk: Disk): boolean => {
  if (disk.isDead) return true
  disk.isDead = disk.steps-- <= 0
  return disk.isDead
}

const powerCut = () => new Error("the power went")

/** `node:fs` as the Storage adapter uses it, over the disk that `current` names; elsewhere the real one. */
export const over = (real: Fs, current: () => Disk | undefined): Fs => {
  /** What is open: a file, or the directory. */
  const open = new Map<number, Inode | "directory">()
  const step = (disk: Disk) => {
    if (dies(disk)) throw powerCut()
  }
  const openSync = (file: string, flags: string): number => {
    const disk = current()
    if (disk === undefined) return real.openSync(file, flags)
    step(disk)
    const isDirectory = path.resolve(file) === path.resolve(disk.directory)
    const name = path.basename(file)
    const handle = real.openSync(file, flags)
    const inode = disk.issued.get(name) ?? { issued: new Uint8Array(), flushed: new Uint8Array() }
    open.set(handle, isDirectory ? "directory" : inode)
    if (!isDirectory) {
      inode.issued = new Uint8Array()
      disk.issued.set(name, inode)
    }
    return handle
  }
  const writeFileSync = (file: number | string, value: Uint8Array): void => {
    const disk = current()
    const inode = typeof file === "number" ? open.get(file) : undefined
    if (disk === undefined || inode === undefined || inode === "directory") return real.writeFileSync(file, value)
    const isCut = dies(disk)
    if (isCut && disk.size === 0) disk.size = value.length
    const through = isCut ? value.slice(0, disk.bytes) : value
    inode.issued = Uint8Array.from(through)
    real.writeFileSync(file, through)
    if (isCut) throw powerCut()
  }
  const fsyncSync = (handle: number): void => {
    const disk = current()
    const inode = open.get(handle)
    if (disk === undefined || inode === undefined) return real.fsyncSync(handle)
    step(disk)
    if (disk.ignoresFlush) return
    if (inode === "directory") disk.flushed = new Map(disk.issued)
    else inode.flushed = inode.issued
  }
  const closeSync = (handle: number): void => {
    const disk = current()
    open.delete(handle)
    // The system closes what a dead program leaves open.
    real.closeSync(handle)
    if (disk !== undefined) step(disk)
  }
  const renameSync = (from: string, to: string): void => {
    const disk = current()
    if (disk === undefined) return real.renameSync(from, to)
    step(disk)
    real.renameSync(from, to)
    disk.issued.set(path.basename(to), disk.issued.get(path.basename(from)) as Inode)
    disk.issued.delete(path.basename(from))
  }
  return { ...real, openSync, writeFileSync, fsyncSync, closeSync, renameSync } as Fs
}
