/** The README's way from a measurement to a row: its commands, as they are printed, against a Mosquitto. */
import * as Effect from "effect/Effect"
import Database from "libsql"
import { type ChildProcess, spawn } from "node:child_process"
import { once } from "node:events"
import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs"
import * as path from "node:path"
import { expect, it } from "vitest"
import * as directory from "./support/directory.ts"
import * as Mosquitto from "./support/mosquitto.ts"

const root = path.join(import.meta.dirname, "..")

/** The blocks of the section, without the installation, for a broker at this port. */
const blocks = (port: number): ReadonlyArray<string> => {
  const section = readFileSync(path.join(root, "README.md"), "utf8").split("## From a measurement to a row")[1]?.split(
    "\n## "
  )[0]
  const found = [...(section ?? "").matchAll(/```sh\n([\s\S]*?)```/g)].map((match) => match[1] ?? "")
  expect(found.length).toBe(3)
  expect(found[0]).toMatch(/^npm ci\n/)
  return found.map((block) =>
    block.replace(/^npm ci\n/, "").replaceAll("mqtt://localhost", "mqtt://localhost:" + port)
      .replace(`"broker": "localhost"`, `"broker": "localhost", "port": ${port}`)
  )
}

/** A folder where `npx dormouse` is the checkout's, and so is `sqlite3` where there is none. */
const installed = (folder: string): NodeJS.ProcessEnv => {
  const bin = path.join(folder, "node_modules/.bin")
  mkdirSync(bin, { recursive: true })
  symlinkSync(path.join(root, "bin/dormouse.js"), path.join(bin, "dormouse"))
  writeFileSync(path.join(folder, "package.json"), "{}")
  const own = path.join(folder, "own")
  mkdirSync(own)
  if (!existsSync("/usr/bin/sqlite3")) {
    const library = path.join(root, "node_modules/libsql/index.js")
    const query = `#!${process.execPath}
const rows = new (require(${JSON.stringify(library)}))(process.argv[2]).prepare(process.argv[3]).raw().all()
for (const row of rows) console.log(row.join("|"))\n`
    writeFileSync(path.join(own, "sqlite3"), query, { mode: 0o755 })
  }
  return { ...process.env, PATH: own + path.delimiter + (process.env["PATH"] ?? ""), NO_COLOR: "1" }
}

const shell = (folder: string, env: NodeJS.ProcessEnv, script: string): ChildProcess =>
  spawn("bash", ["-euo", "pipefail", "-c", script], {
    cwd: folder,
    env,
    detached: true,
    stdio: ["ignore", "pipe", "pipe"]
  })

const heard = (child: ChildProcess) => {
  const said = { out: "", err: "" }
  child.stdout?.on("data", (chunk: Buffer) => {
    said.out += chunk.toString()
  })
  child.stderr?.on("data", (chunk: Buffer) => {
    said.err += chunk.toString()
  })
  return said
}

const done = async (folder: string, env: NodeJS.ProcessEnv, script: string): Promise<string> => {
  const child = shell(folder, env, script)
  const said = heard(child)
  const [code] = await once(child, "close") as [number | null]
  expect([code, said.err]).toEqual([0, ""])
  return said.out
}

const collecting = async (child: ChildProcess, said: { readonly err: string }): Promise<void> => {
  while (!said.err.includes("collecting")) {
    if (child.exitCode !== null) throw new Error("collect has ended: " + said.err)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

it.skipIf(Mosquitto.executable === undefined || process.platform === "win32")(
  "the commands of the README lead from a measurement to rows in SQLite, a query and a picture",
  () =>
    Effect.runPromise(Effect.scoped(Effect.gen(function*() {
      const { tcp } = yield* Mosquitto.make()
      const folder = yield* directory.temporary
      const [prepare = "", collect = "", measure = ""] = blocks(tcp.port)
      const env = installed(folder)
      expect(yield* Effect.promise(() => done(folder, env, prepare))).toContain("load.json")
      const collector = yield* Effect.acquireRelease(
        Effect.sync(() => shell(folder, env, "exec " + collect)),
        (child) =>
          Effect.sync(() => {
            if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, "SIGKILL")
          })
      )
      const said = heard(collector)
      yield* Effect.promise(() => collecting(collector, said))
      const out = yield* Effect.promise(() => done(folder, env, measure))
      const rows = [...out.matchAll(/^(\d{4}-\d\d-\d\dT[\d:.]+Z)\|processor\|load\|([\d.]+)$/gm)]
      expect(rows.length).toBe(5)
      expect(new Set(rows.map((row) => row[1])).size).toBe(5)
      expect(out).toContain("readings.html: the report of 1 device")
      const html = readFileSync(path.join(folder, "readings.html"), "utf8")
      expect(html).toContain("5 readings")
      expect(html).toContain("5 connections, all at the first try.")
      const db = new Database(path.join(folder, "readings.db"), { readonly: true })
      expect(db.prepare("SELECT count(*) FROM statuses").raw().get()).toEqual([5])
      db.close()
    })))
)
