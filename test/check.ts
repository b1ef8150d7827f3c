/**
 * `npm run check`: types, Effect's diagnostics, lint, format. Prints what is wrong, and nothing when all is well.
 *
 * Effect's diagnostics also give messages, which are matters of taste: they fail no check and are not shown.
 */
import { spawnSync } from "node:child_process"

interface Check {
  readonly command: string
  readonly args: ReadonlyArray<string>
  readonly message: string
}

const wrong = (command: string): string => command + " found something wrong"

const diagnostics = ["diagnostics", "--project", "tsconfig.json", "--strict", "--format", "text"]

const checks: ReadonlyArray<Check> = [
  { command: "tsc", args: ["--noEmit"], message: wrong("tsc") },
  { command: "effect-tsgo", args: [...diagnostics, "--severity", "error,warning"], message: wrong("effect-tsgo") },
  { command: "oxlint", args: ["--deny-warnings"], message: wrong("oxlint") },
  {
    command: "dprint",
    args: ["check", "--list-different"],
    message: "These files are not formatted: run `npm run format`"
  }
]

for (const { args, command, message } of checks) {
  // npm puts node_modules/.bin on the PATH.
  const { error, status, stderr, stdout } = spawnSync(command, args, {
    encoding: "utf8",
    shell: process.platform === "win32"
  })
  if (status === 0) continue
  process.stderr.write(stdout + stderr + (error === undefined ? "" : String(error) + "\n"))
  console.error(message)
  process.exit(1)
}
