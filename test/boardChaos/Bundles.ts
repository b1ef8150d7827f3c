/** A board's files for a scene: bundled and tokenised once, and kept beside other temporary files as long as no source changes. */
import { createHash } from "node:crypto"
import { mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import * as path from "node:path"
import * as Espruino from "../support/espruino.ts"
import { modules, type Scene } from "./Scene.ts"

export type Files = Readonly<Record<string, Uint8Array>>

const source = path.join(import.meta.dirname, "../../src")

const sources = createHash("sha256")
for (const file of readdirSync(source, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".ts")).sort()) sources.update(file).update(readFileSync(path.join(source, file)))
const version = sources.digest("hex")

const place = (scene: Scene): string => {
  const directory = path.join(tmpdir(), "dormouse-chaos-bundles")
  mkdirSync(directory, { recursive: true })
  return path.join(directory, createHash("sha256").update(version).update(JSON.stringify(scene)).digest("hex") + ".json")
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
  const files: Files = await Espruino.tokenised({ ...await Espruino.device(scene.config), ...drivers })
  const written = file + "." + process.pid
  writeFileSync(written, JSON.stringify(Object.fromEntries(Object.entries(files).map(([name, bytes]) => [name, Buffer.from(bytes).toString("base64")]))))
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
