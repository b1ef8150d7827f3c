// Run by hand after `npm install`: adds to package-lock.json the optional platform packages (macOS, Windows, ARM builds of
// a tool) that a partial registry mirror left out. Without them `npm ci` refuses the lockfile as out of step.
import { readFileSync, writeFileSync } from "node:fs"

const path = new URL("../package-lock.json", import.meta.url)
const lock = JSON.parse(readFileSync(path, "utf8"))
const systems = ["android", "darwin", "freebsd", "linux", "openharmony", "win32", "wasm32"]
const processors = ["arm64", "arm", "x64", "ia32", "ppc64", "riscv64", "s390x", "loong64"]

let added = 0
for (const [place, entry] of Object.entries({ ...lock.packages })) {
  for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
    const nested = `${place}/node_modules/${name}`
    const top = `node_modules/${name}`
    if (place === "" || lock.packages[top] !== undefined || lock.packages[nested] !== undefined) continue
    const words = name.split(/[-/]/)
    const os = systems.filter((system) => words.includes(system))
    const cpu = processors.filter((processor) => words.includes(processor))
    if (os.length === 0 || !/^\d/.test(version)) continue
    lock.packages[top] = { version, ...(cpu.length > 0 ? { cpu } : {}), dev: entry.dev === true, optional: true, os }
    added++
  }
}
lock.packages = Object.fromEntries(Object.entries(lock.packages).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)))
writeFileSync(path, JSON.stringify(lock, null, 2) + "\n")
console.log(`${added} platform packages added`)
