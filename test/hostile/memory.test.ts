/**
 * The memory of a Client and of a device while a Server sends many times as much as fast as it can: measured in a
 * separate process, after garbage collection.
 */
import * as Effect from "effect/Effect"
import * as Queue from "effect/Queue"
import type * as Scope from "effect/Scope"
import { type ChildProcess, fork } from "node:child_process"
import { describe, expect, it } from "vitest"
import * as Directory from "../support/directory.ts"
import * as Attacks from "./attacks.ts"
import * as HostileServer from "./HostileServer.ts"
import type { Report } from "./victim.ts"
import { program } from "../support/program.ts"

const megabyte = 1024 * 1024

interface Process {
  /** Bytes in use; undefined when it has ended. */
  readonly holds: Effect.Effect<number | undefined>
}

const start = (kind: string, port: number): Effect.Effect<Process, never, Scope.Scope> =>
  Effect.gen(function*() {
    const directory = yield* Directory.temporary
    const said = yield* Queue.unbounded<Report>()
    const child = yield* Effect.acquireRelease(
      Effect.sync((): ChildProcess => {
        const child = fork(program("victim"), [kind, String(port), directory], {
          // A leak ends it: what is bounded fits many times.
          execArgv: ["--expose-gc", "--max-old-space-size=128"],
          stdio: ["ignore", "ignore", "inherit", "ipc"]
        })
        child.on("message", (report: Report) => Queue.offerUnsafe(said, report))
        child.on("exit", () => Queue.offerUnsafe(said, { _tag: "Ended", why: "died" }))
        return child
      }),
      (child) => Effect.sync(() => child.kill("SIGKILL"))
    )
    const answer: Effect.Effect<number | undefined> = Effect.flatMap(Queue.take(said), (report) => {
      switch (report._tag) {
        case "Holds":
          return Effect.succeed(report.bytes)
        case "Ready":
          return answer
        case "Ended":
          return report.why === "died" ? Effect.die(new Error("out of memory")) : Effect.succeed(undefined)
      }
    })
    const holds = Effect.suspend(() => {
      if (child.connected) child.send("measure")
      return answer
    })
    return { holds }
  })

interface Storm {
  readonly attack: (then: HostileServer.Attack) => HostileServer.Attack
  readonly chunk: Uint8Array
  readonly most: number
  readonly patienceMillis?: number
}

interface Measured {
  readonly sent: number
  readonly growth: number
}

/**
 * Sends `chunk` until `most` bytes are sent, or the network has taken none for `patienceMillis`; measures ten times on
 * the way.
 */
const storm = (
  process: Process,
  victim: HostileServer.Victim,
  { chunk, most, patienceMillis = 30_000 }: Storm
): Effect.Effect<Measured> =>
  Effect.gen(function*() {
    const before = (yield* process.holds) ?? 0
    let sent = 0
    let peak = before
    let measured = 0
    for (let isOpen = true; isOpen && sent < most && !victim.socket.destroyed;) {
      isOpen = yield* Effect.timeoutOrElse(Effect.as(victim.send(chunk), true), {
        duration: patienceMillis,
        orElse: () => Effect.succeed(false)
      })
      sent += chunk.length
      if (isOpen && sent < measured + most / 10) continue
      measured = sent
      const now = yield* process.holds
      if (now === undefined) break
      peak = Math.max(peak, now)
    }
    return { sent, growth: peak - before }
  })

const many = (of: Uint8Array, count: number): Uint8Array =>
  new Uint8Array(Buffer.concat(Array.from({ length: count }, () => of)))

const large = Attacks.publish("a", new Uint8Array(1_000_000))
const small = many(Uint8Array.of(0x30, 4, 0, 1, 0x61, 0), 10_000)

const pending = many(Uint8Array.of(0x32, 6, 0, 1, 0x61, 0, 1, 0), 10_000)

const measure = (kind: string, given: Storm) =>
  Effect.runPromise(Effect.scoped(Effect.gen(function*() {
    const server = yield* HostileServer.make
    const attacked = yield* Queue.unbounded<HostileServer.Victim>()
    yield* server.turn(
      given.attack((victim) => Effect.andThen(Effect.sync(() => Queue.offerUnsafe(attacked, victim)), Effect.never))
    )
    const process = yield* start(kind, server.endpoint.port)
    const victim = yield* Queue.take(attacked)
    return yield* storm(process, victim, given)
  })))

describe("a Client holds little of", () => {
  const attack = Attacks.accepts

  it("60 MB in messages of a megabyte that nobody takes", async () => {
    const most = 60 * megabyte
    const { growth, sent } = await measure("client", { attack, chunk: large, most })
    expect(sent).toBeGreaterThanOrEqual(most)
    expect(growth).toBeLessThan(30 * megabyte)
  })

  it("500,000 small messages that nobody takes", async () => {
    const most = 3 * megabyte
    const { growth, sent } = await measure("client", { attack, chunk: small, most })
    expect(sent).toBeGreaterThanOrEqual(most)
    expect(growth).toBeLessThan(12 * megabyte)
  })

  it("500,000 small messages of QoS 1 that nobody takes: then the Server waits", async () => {
    const { growth } = await measure("client", { attack, chunk: pending, most: 4 * megabyte, patienceMillis: 2_000 })
    expect(growth).toBeLessThan(40 * megabyte)
  })

  it("messages of a megabyte when its user does not pull: then the Server waits", async () => {
    const { growth, sent } = await measure("idle client", {
      attack,
      chunk: large,
      most: 200 * megabyte,
      patienceMillis: 2_000
    })
    expect(sent).toBeLessThan(100 * megabyte)
    expect(growth).toBeLessThan(40 * megabyte)
  })
})

describe("a device holds little of", () => {
  it("500,000 small messages while it waits for its PUBACK", async () => {
    const { growth } = await measure("device", { attack: Attacks.accepts, chunk: small, most: 3 * megabyte })
    expect(growth).toBeLessThan(4 * megabyte)
  })

  it("60 MB in messages of 16 kB while it waits for its configuration", async () => {
    const { growth } = await measure("device", {
      attack: Attacks.grants,
      chunk: Attacks.publish("a", new Uint8Array(16_000)),
      most: 60 * megabyte
    })
    expect(growth).toBeLessThan(4 * megabyte)
  })
})
