/** The TimeSource port on Node, against a real server over UDP. */
import * as Effect from "effect/Effect"
import { expect, it } from "vitest"
import { layer } from "../../../src/adapters/node/TimeSource.ts"
import { TimeSource } from "../../../src/ports/TimeSource.ts"
import { timeSourceSuite } from "../../ports/TimeSourceSuite.ts"
import * as TimeServer from "../../support/timeServer.ts"

const spoiled = {
  tells: (answer: Buffer) => answer,
  refuses: (answer: Buffer) => answer.fill(0, 1, 2),
  silent: () => undefined
}

const run = <A, E>(effect: Effect.Effect<A, E, TimeSource>): Promise<A> =>
  Effect.runPromise(Effect.provide(effect, layer))

timeSourceSuite("node", {
  run: (effect) => run(Effect.scoped(effect)),
  serve: (behaviour) =>
    Effect.map(TimeServer.make, (server) => {
      server.spoil = spoiled[behaviour]
      server.aheadMillis = 86_400_000
      return { server, aheadMillis: server.aheadMillis }
    }),
  // No name ends so (RFC 6761).
  nobody: { host: "nobody.invalid", port: 123 }
})

it("asks with 48 bytes of which eight are drawn anew each time", () =>
  run(Effect.scoped(Effect.gen(function*() {
    const source = yield* TimeSource
    const server = yield* TimeServer.make
    yield* source.ask(server)
    yield* source.ask(server)
    for (const request of server.requests) expect(request).toMatch(/^23(00){39}[0-9a-f]{16}$/)
    expect(new Set(server.requests).size).toBe(2)
  }))))

it("finds a port where nobody listens at once", () =>
  run(Effect.scoped(Effect.gen(function*() {
    const source = yield* TimeSource
    const { port } = yield* Effect.scoped(TimeServer.make)
    const error = yield* Effect.flip(source.ask({ host: "127.0.0.1", port }))
    expect(error).toMatchObject({ reason: "Unreachable", message: "127.0.0.1:" + port + ": ECONNREFUSED" })
  }))))

it("is not ours to set", () => run(Effect.map(TimeSource, ({ adjust }) => expect(adjust).toBeUndefined())))
