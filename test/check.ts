/**
 * `npm run check`: types, Effect's diagnostics, lint. Prints what is wrong, and nothing when all is well.
 *
 * Effect's diagnostics also give messages, which are matters of taste: they fail no check and are not shown.
 */
import { spawnSync } from "node:child_process"

const checks: ReadonlyArray<readonly [command: string, ...args: ReadonlyArray<string>]> = [
  ["tsc", "--noEmit"],
  ["effect-tsgo", "diagnostics", "--project", "tsconfig.json", "--strict", "--format", "text", "--severity", "error,warning"],
  ["oxlint", "--deny-warnings"]
]

for (const [command, ...args] of checks) {
  // npm puts node_modules/.bin on the PATH.
  const { error, status, stderr, stdout } = spawnSync(command, args, { encoding: "utf8", shell: process.platform === "win32" })
  if (status === 0) continue
  process.stderr.write(stdout + stderr + (error === undefined ? "" : String(error) + "\n"))
  console.error(command + " found something wrong")
  process.exit(1)
}
