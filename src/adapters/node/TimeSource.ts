/**
 * The TimeSource port over node:dgram. The system keeps its clock itself: the answer is for who wants to know, and sets
 * nothing.
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Result from "effect/Result"
import * as dgram from "node:dgram"
import * as dns from "node:dns"
import * as Sntp from "../../domain/time/Sntp.ts"
import { TimeError, type TimeErrorReason, type TimeServer, TimeSource } from "../../ports/TimeSource.ts"

const ask = ({ host, port }: TimeServer, now: () => number): Effect.Effect<number, TimeError> =>
  Effect.callback((resume) => {
    const nonce = Sntp.nonce(Math.random)
    let socket: dgram.Socket | undefined
    const close = () => {
      const open = socket
      socket = undefined
      // What still comes is nobody's.
      open?.removeAllListeners().on("error", () => {}).close()
    }
    const fail = (reason: TimeErrorReason, what: string) => {
      close()
      resume(Effect.fail(new TimeError({ reason, message: host + ":" + port + ": " + what })))
    }
    let isOver = false
    // A URL's form of an IPv6 address, which no look-up takes.
    dns.lookup(host.replace(/^\[(.*)\]$/, "$1"), (fault, address, family) => {
      if (isOver) return
      if (fault !== null) return fail("Unreachable", "its name does not resolve (" + fault.code + ")")
      const opened = dgram.createSocket(family === 6 ? "udp6" : "udp4")
      socket = opened
      let sentAt = 0
      opened.on("error", (error: NodeJS.ErrnoException) => fail("Unreachable", error.code ?? error.message))
      opened.on("message", (answer) => {
        const receivedAt = now()
        close()
        const millis = Sntp.offset(new Uint8Array(answer), nonce, sentAt, receivedAt)
        if (Result.isFailure(millis)) fail("BadAnswer", millis.failure)
        else resume(Effect.succeed(millis.success))
      })
      // Of a socket that is connected only this server's answers come.
      opened.connect(port, address, () => {
        sentAt = now()
        opened.send(Sntp.request(nonce))
      })
    })
    return Effect.sync(() => {
      isOver = true
      close()
    })
  })

export const layer: Layer.Layer<TimeSource> = Layer.effect(TimeSource, Effect.map(Clock.Clock, (clock) => ({
  ask: (server) => ask(server, () => clock.currentTimeMillisUnsafe()),
  adjust: undefined
})))
