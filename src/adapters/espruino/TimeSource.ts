/**
 * The TimeSource port over Espruino's `dgram` and its clock.
 *
 * `send` resolves the server's name and blocks the board while it does; the packet leaves at the next turn of the loop,
 * so it counts as sent when `send` returns. `setTime` leaves timers as they are. The socket hears whoever knows its
 * port: that an answer is one to our request is known by what it repeats.
 */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Sntp from "../../domain/time/Sntp.ts"
import { TimeError, type TimeErrorReason, type TimeServer, type TimeSource } from "../../ports/TimeSource.ts"
import { type BoardDatagrams, platform } from "./platform/platform.ts"

const ask = ({ host, port }: TimeServer): Effect.Effect<number, TimeError> =>
  Effect.callback<number, TimeError>((resume) => {
    const nonce = Sntp.nonce(Math.random)
    let socket: BoardDatagrams | undefined
    let sentAt = 0
    const close = () => {
      if (socket !== undefined) socket["close"]()
      socket = undefined
    }
    const fail = (reason: TimeErrorReason, what: string) => {
      close()
      resume(Effect.fail(new TimeError({ reason, message: host + ":" + port + ": " + what })))
    }
    try {
      const opened = platform.require("dgram")["createSocket"]("udp4")
      socket = opened
      opened.on("error", (fault) => fail("Unreachable", fault.message))
      opened.on("message", (answer) => {
        if (socket === undefined) return
        const millis = Sntp.offset(answer, nonce, sentAt, Date.now())
        if (Result.isFailure(millis)) return fail("BadAnswer", millis.failure)
        close()
        resume(Effect.succeed(millis.success))
      })
      opened["send"](Sntp.request(nonce), port, host)
      sentAt = Date.now()
    } catch (thrown) {
      // Of a try, the time is never what it fails for.
      return fail("Unreachable", (thrown as Error).message)
    }
    return Effect.sync(close)
  })

export const timeSource: TimeSource["Service"] = {
  ask,
  adjust: (millis) => platform.setTime(platform.getTime() + millis / 1000)
}
