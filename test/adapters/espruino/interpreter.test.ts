/** The adapter on Espruino itself: its network, its TLS, its flash, its sleep. */
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type * as net from "node:net"
import { readFileSync, writeFileSync } from "node:fs"
import * as path from "node:path"
import { describe, expect, it } from "vitest"
import { prologue } from "../../../src/adapters/espruino/prologue.ts"
import * as Crc32 from "../../../src/domain/bytes/Crc32.ts"
import * as certificates from "../../support/certificates.ts"
import * as Directory from "../../support/directory.ts"
import * as Espruino from "../../support/espruino.ts"
import * as TcpServer from "../../support/tcpServer.ts"
import { pattern } from "../../ports/SocketSuite.ts"

const script = (name: string) => path.join(import.meta.dirname, "scripts", name + ".ts")

const run = <A>(effect: Effect.Effect<A, never, Scope.Scope>): Promise<A> => Effect.runPromise(Effect.scoped(effect))

/** A script and the files beside it that its Storage and its sleep need. */
const withAsides = (name: string, define: Readonly<Record<string, unknown>>) =>
  Effect.promise(async () => {
    const code = await Espruino.bundle(script(name), define)
    return { ".bootcde": prologue + "\n" + code, ...await Espruino.overlays([".log", ".long"]) }
  })

/** A new flash image with these files. */
const flashed = (files: Readonly<Record<string, string | Uint8Array>>) =>
  Effect.map(Directory.temporary, (directory) => {
    const image = path.join(directory, "espruino.flash")
    Espruino.writeFlash(image, files)
    return image
  })

const boot = (image: string, environment?: Readonly<Record<string, string>>) =>
  Effect.promise(() => Espruino.boot(image, environment))

const board = describe.skipIf(Espruino.interpreter === "")

board("a socket on Espruino" + Espruino.hint, () => {
  const size = 3_000
  const same = Buffer.from(pattern(size))

  /** Echoes; at "!" says bye and ends; keeps what it has received when the Client has gone. */
  const echo = (kept: Array<Buffer>) => (socket: net.Socket) => {
    const received: Array<Buffer> = []
    socket.on("data", (data) => {
      received.push(data)
      const all = Buffer.concat(received)
      if (all.at(-1) === 0x21 && all.length === size + 1) socket.end("bye")
      else socket.write(data)
    })
    socket.on("close", () => kept.push(Buffer.concat(received)))
  }

  it("writes more than a chunk, pulls it all back, may wait without getting anything, and sees the end", () =>
    run(Effect.gen(function*() {
      const kept: Array<Buffer> = []
      const { endpoint } = yield* TcpServer.make(echo(kept))
      const nobody = { host: "127.0.0.1", port: yield* TcpServer.freePort }
      const code = yield* Effect.promise(() => Espruino.bundle(script("socket"), { size, echo: endpoint, nobody }))
      const { lines } = yield* boot(yield* flashed({ ".bootcde": code }))
      // "ERROR: Connect failed" is Espruino's own, beside the exception.
      expect(lines.filter((line) => !line.startsWith("ERROR"))).toEqual([
        `echo ${size} ${Crc32.crc32(same)} same`,
        "late nothing",
        "last bye",
        `pull Closed 127.0.0.1:${endpoint.port} closed`,
        `write Closed 127.0.0.1:${endpoint.port} closed`,
        "closed",
        `nobody Refused 127.0.0.1:${nobody.port} Unable to create socket`,
        "unknown NotFound no.such.invalid:1 Unable to locate host",
        `crc ${0xcbf43926}`,
        // RFC 4231, test case 2.
        "hmac 5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
      ])
      expect(kept.map((each) => Buffer.compare(each, Buffer.concat([same, Buffer.from("?")])))).toContain(0)
    })))

  const hello = (identity: certificates.Identity, ca?: string) =>
    run(Effect.gen(function*() {
      const answer = (socket: net.Socket) => void socket.on("data", (data) => socket.end(data.toString().toUpperCase()))
      const { endpoint } = yield* TcpServer.make(answer, { tls: { ...identity, maxVersion: "TLSv1.2" } })
      const server = { ...endpoint, tls: ca === undefined ? {} : { ca } }
      const code = yield* Effect.promise(() => Espruino.bundle(script("hello"), { server }))
      return (yield* boot(yield* flashed({ ".bootcde": code }))).lines
    }))

  it("encrypts, and asks nobody for a name: a certificate that nobody signed, for another host, will do", async () => {
    expect(await hello(certificates.rsa)).toEqual(["HELLO", "Closed"])
  })

  it("refuses an authority that is no certificate", async () => {
    expect(
      await hello(certificates.rsa, "-----BEGIN CERTIFICATE-----\n" + "A".repeat(200) + "\n-----END CERTIFICATE-----\n")
    ).toContain("Tls")
  })

  it("fails with Tls when the handshake does: this interpreter has no elliptic curves", async () => {
    expect((await hello(certificates.server))[0]).toBe("Tls")
  })
})

board("storage on Espruino" + Espruino.hint, () => {
  const files = (writes: number) => withAsides("storage", { writes, millis: 5_000 })

  it("gives back every byte after a reset, and the last of many values", () =>
    run(Effect.gen(function*() {
      const image = yield* flashed(yield* files(3))
      const first = yield* boot(image)
      expect(first.lines).toEqual(["found 0", "bytes none", "empty none"])
      expect(first.slept).toBe(5_000_000)
      for (let wake = 1; wake <= 3; wake++) {
        expect((yield* boot(image)).lines).toEqual(["found " + 3 * wake, "bytes same", "empty 0"])
        // The program and what it needs beside it, the gap in front of the first of them, and three logs.
        expect(Object.keys(Espruino.readFlash(image))).toHaveLength(7)
      }
    })))

  it("has the value before a write or the new one, whenever the power fails, and the program stays where it is", {
    timeout: 120_000
  }, () =>
    run(Effect.gen(function*() {
      const image = yield* flashed(yield* files(1))
      // So many that the next one but a few comes to the end of its half.
      for (let wake = 0; wake < 29; wake++) yield* boot(image)
      const whole = readFileSync(image)
      const { length: program } = Espruino.readFlash(image)[".bootcde"] as string
      for (let wake = 29; wake < 32; wake++) {
        const before = readFileSync(image)
        for (let operation = 1, isCut = true; isCut; operation += operation < 20 ? 1 : 61) {
          writeFileSync(image, before)
          isCut = !(yield* Effect.promise(() =>
            Espruino.boot(image, { ESPRUINO_CUT: "" + operation }).then(() => true, () => false)
          ))
          const { lines } = yield* boot(image)
          expect(["found " + wake, "found " + (wake + 1)]).toContain(lines[0])
          expect(readFileSync(image).subarray(0, 32 + program)).toEqual(whole.subarray(0, 32 + program))
        }
        writeFileSync(image, before)
        yield* boot(image)
      }
    })))

  it("goes on for thousands of writes, and never compacts", { timeout: 120_000 }, () =>
    run(Effect.gen(function*() {
      const image = yield* flashed(yield* files(150))
      let found = 0
      for (let wake = 0; wake < 10; wake++) {
        expect((yield* boot(image)).lines).toEqual(["found " + found, "bytes " + (wake === 0 ? "none" : "same"),
          "empty " + (wake === 0 ? "none" : "0")])
        found += 150
      }
      expect(Object.keys(Espruino.readFlash(image))).toHaveLength(7)
    })))
})

board("a long sleep on Espruino" + Espruino.hint, () => {
  /** 2^31 - 1 microseconds, in whole milliseconds. */
  const longest = 2_147_483_000
  const day = 86_400_000

  /** A board that has noted this in its log of long sleeps. */
  const slept = (stored: string, cause = 4) =>
    Effect.gen(function*() {
      const overlays = yield* Effect.promise(() => Espruino.overlays([".log", ".long"]))
      const image = yield* flashed(
        Espruino.padded({ ".bootcde": prologue + "\nprint('awake');quit()", ...overlays }, {
          ".sleep": Espruino.logOf(".sleep", stored)
        })
      )
      const { lines, slept } = yield* boot(image, { ESPRUINO_WAKEUP_CAUSE: "" + cause })
      return {
        isAwake: lines.includes("awake"),
        slept,
        isForgotten: Espruino.valueIn(Espruino.readFlash(image)[".sleep"]) === ""
      }
    })

  it("is begun by the program and gone on with by the prologue, before anything is printed", () =>
    run(Effect.gen(function*() {
      const image = yield* flashed(yield* withAsides("storage", { writes: 1, millis: day }))
      expect((yield* boot(image)).slept).toBe(longest)
      for (let piece = 0; piece < 2; piece++) expect(yield* boot(image)).toMatchObject({ lines: [], slept: longest })
    })))

  it("ends in a shorter piece", () =>
    run(Effect.gen(function*() {
      const { isAwake, slept: last } = yield* slept(`${Date.now() - day + 600_000},${day}`)
      expect(isAwake).toBe(false)
      expect(last).toBeGreaterThan(0)
      expect(last).toBeLessThanOrEqual(600_000_000)
    })))

  const over: ReadonlyArray<readonly [string, () => string, number]> = [
    ["is over when its time is up", () => `${Date.now() - day - 1},${day}`, 4],
    ["is over when the clock shows less than at its beginning", () => `${Date.now() + 60_000},${day}`, 4],
    ["is over when something else wakes the board", () => `${Date.now()},${day}`, 2],
    ["is over after a power cut", () => `${Date.now()},${day}`, 0],
    ["is over when what was stored of it cannot be read", () => "179", 4]
  ]
  it.each(over)("%s", (_, stored, cause) =>
    run(Effect.gen(function*() {
      expect(yield* slept(stored(), cause)).toEqual({ isAwake: true, slept: undefined, isForgotten: true })
    })))
})

board("a program that has died on Espruino" + Espruino.hint, () => {
  const deaths: ReadonlyArray<readonly [string, string]> = [
    ["of the stack", "function f(n){return f(n+1)+1}setTimeout(f,1,0)"],
    ["of memory", "setTimeout(function(){var a=[];while(true)a.push({x:1})},1)"]
  ]
  // What the backstop in layer.ts rests on.
  it.each(deaths)("%s can neither catch it nor go on, but a timer set before still comes",
    (_, death) =>
      run(Effect.gen(function*() {
        const image = yield* flashed({ ".bootcde": "setTimeout(function(){ESP32.deepSleep(7)},100);" + death })
        expect((yield* boot(image)).slept).toBe(7)
      })))
})
