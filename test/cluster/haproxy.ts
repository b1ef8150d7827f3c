/** HAProxy before Servers: a connection goes to the one with the fewest, and is cut when that one is gone. */
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { execFileSync } from "node:child_process"
import { writeFileSync } from "node:fs"
import * as path from "node:path"
import { find } from "../support/installed.ts"
import * as Child from "./Child.ts"

export const executable = find("haproxy")

export const version = (): string =>
  /version (\d+(\.\d+)*)/.exec(execFileSync(executable ?? "haproxy", ["-v"], { encoding: "utf8" }))?.[1] ?? ""

/** Looks at each Server twice a second. */
const configuration = (port: number, servers: ReadonlyArray<number>): string =>
  `defaults
  mode tcp
  timeout connect 2s
  timeout client 1h
  timeout server 1h
  default-server check inter 500ms fall 1 rise 1 on-marked-down shutdown-sessions
listen mqtt
  bind 127.0.0.1:${port}
  balance leastconn
  option redispatch
${servers.map((server, index) => `  server n${index + 1} 127.0.0.1:${server}\n`).join("")}`

/** At `port`, before `servers`. */
export const make = (
  directory: string,
  port: number,
  servers: ReadonlyArray<number>
): Effect.Effect<void, never, Scope.Scope> =>
  Effect.gen(function*() {
    const file = path.join(directory, "haproxy.cfg")
    writeFileSync(file, configuration(port, servers))
    const child = yield* Child.make({
      name: "haproxy",
      program: executable ?? "haproxy",
      args: ["-db", "-f", file],
      directory,
      isReady: Child.listensAt(port)
    })
    yield* Effect.promise(child.start)
  })
