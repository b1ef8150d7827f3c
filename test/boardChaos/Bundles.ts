/**
 * A board's files for a scene: bundled and tokenised once, and kept as long as no source changes, and a little longer.
 */
import { createHash } from "node:crypto"
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs"
import * as path from "node:path"
import * as Espruino from "../support/espruino.ts"
import { modules, playedFor, type Scene } from "./Scene.ts"

export type Files = Readonly<Record<string, Uint8Array>>

const source = path.join(import.meta.dirname, "../../src")

const sources = createHash("sha256")
for (
  const file of readdirSync(source, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".ts")).sort()
) sources.update(file).update(readFileSync(path.join(source, file)))
const version = sources.digest("hex")

/** Sources whose bundles are kept: those of some checkouts, each before and after a change. */
const maxVersions = 8

/** Leaves the entries of a directory that were changed last. */
export const prune = (directory: string, most: number): void => {
  const changed = (name: string) => statSync(path.join(directory, name), { throwIfNoEntry: false })?.mtimeMs ?? 0
  const all = readdirSync(directory).map((name) => ({ name, at: changed(name) })).sort((a, b) => b.at - a.at)
  for (const { name } of all.slice(most)) rmSync(path.join(directory, name), { recursive: true, force: true })
}

const place = (scene: Scene): string => {
  const all = path.join(import.meta.dirname, "../../node_modules/.cache/dormouse-chaos-bundles")
  const directory = path.join(all, version)
  mkdirSync(directory, { recursive: true })
  utimesSync(directory, new Date(), new Date())
  prune(all, maxVersions)
  return path.join(directory, createHash("sha256").update(JSON.stringify(scene)).digest("hex") + ".json")
}

const make = async (scene: Scene): Promise<Files> => {
  const file = place(scene)
  try {
    const found = JSON.parse(readFileSync(file, "utf8")) as Readonly<Record<string, string>>
    return Object.fromEntries(Object.entries(found).map(([name, text]) => [name, Buffer.from(text, "base64")]))
  } catch {
    // Not made yet.
  }
  const types = scene.config.sensors.map(({ type }) => type.toUpperCase())
  const drivers = Object.fromEntries(Object.entries(modules).filter(([name]) => types.includes(name)))
  const device = await Espruino.device(scene.config)
  const program = playedFor(scene.config) + (device[".bootcde"] ?? "")
  const files: Files = await Espruino.tokenised({ ...device, ".bootcde": program, ...drivers })
  const written = file + "." + process.pid
  // Bundling takes long enough for other checkouts to have written theirs.
  mkdirSync(path.dirname(file), { recursive: true })
  writeFileSync(written, JSON.stringify(
    Object.fromEntries(Object.entries(files).map(([name, bytes]) => [name, Buffer.from(bytes).toString("base64")]))
  ))
  renameSync(written, file)
  return files
}

const made = new Map<string, Promise<Files>>()

export const files = (scene: Scene): Promise<Files> => {
  const known = made.get(scene.name)
  if (known !== undefined) return known
  const making = make(scene)
  made.set(scene.name, making)
  return making
}
