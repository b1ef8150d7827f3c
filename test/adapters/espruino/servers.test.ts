/** A board with two Servers on Espruino itself: one goes, the other takes what the board has, and the board remembers it. */
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Scope from "effect/Scope"
import { describe, expect, it } from "vitest"
import * as Espruino from "../../support/espruino.ts"
import * as TcpServer from "../../support/tcpServer.ts"
import { broker, events, flashed, pending, run, wake } from "./wakes.ts"

const told = (image: string) =>
  Effect.map(wake(image), (boot) => {
    if (boot.report) expect(boot.report.stack.needed).toBeLessThanOrEqual(boot.report.stack.limit)
    const servers = events(boot).flatMap((event) => event._tag === "Trying" ? [event.server] : [])
    return { servers, events: events(boot) }
  })

/** What the snapshot in flash says of the Servers. */
const kept = (image: string): unknown => {
  const stored = Espruino.valueIn(Espruino.readFlash(image)["state"]) ?? ""
  return (JSON.parse(stored.slice(stored.indexOf("{"))) as { readonly srv?: unknown }).srv
}

describe.skipIf(Espruino.interpreter === "")("a board with two Servers on Espruino" + Espruino.hint, () => {
  it("delivers at the one that is there, and stays with it", () =>
    run(Effect.gen(function*() {
      const scope = yield* Scope.make()
      const one = yield* Effect.provideService(broker(), Scope.Scope, scope)
      const two = yield* broker()
      const names = [`127.0.0.1:${one.tcp.port}`, `localhost:${two.tcp.port}`]
      const image = yield* flashed(one.tcp.port, { broker: ["127.0.0.1", names[1]], reconnect: { enabled: true } })
      expect((yield* told(image)).servers).toEqual([names[0]])
      expect(kept(image)).toEqual([0, 0])
      yield* Scope.close(scope, Exit.void)
      const failing = yield* told(image)
      expect(failing.servers).toEqual(names)
      expect(failing.events.map(({ _tag }) => _tag)).toContain("TryFailed")
      expect((yield* told(image)).servers).toEqual([names[1]])
      expect(kept(image)).toEqual([1, 2])
      expect([one.messages.length, two.messages.length]).toEqual([1, 2])
      expect(pending(image)).toEqual([])
    })))

  it("reports on an update that names a third one, and goes there", () =>
    run(Effect.gen(function*() {
      const one = yield* broker()
      const third = yield* broker()
      const dead = yield* TcpServer.freePort
      const image = yield* flashed(one.tcp.port, { broker: ["127.0.0.1", "localhost"], reconnect: { enabled: true } })
      const update = { version: 2, mqtt: { broker: [`localhost:${dead}`, `127.0.0.1:${third.tcp.port}`] } }
      one.aedes.publish({
        cmd: "publish",
        topic: "/homecontrol/greenhouse/config",
        payload: JSON.stringify(update),
        qos: 0,
        retain: true,
        dup: false
      }, () => {})
      expect((yield* told(image)).events.map(({ _tag }) => _tag)).toContain("ConfigAccepted")
      expect((yield* told(image)).servers).toEqual([`localhost:${dead}`, `127.0.0.1:${third.tcp.port}`])
      expect(third.messages.length).toBe(1)
    })))
})
