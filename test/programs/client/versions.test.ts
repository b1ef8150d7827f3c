/** Which version of MQTT is spoken to which Server, connection after connection. */
import * as Effect from "effect/Effect"
import { describe, expect, it } from "vitest"
import { ConnectionRefused } from "../../../src/domain/packet/ConnectionRefused.ts"
import { MalformedPacket } from "../../../src/domain/packet/PacketError.ts"
import { type Connection, SocketError } from "../../../src/ports/Socket.ts"
import type * as Dialect from "../../../src/programs/client/Dialect.ts"
import type { LinkError } from "../../../src/programs/client/errors.ts"
import * as Versions from "../../../src/programs/client/versions.ts"

const never: Dialect.Open = () => {
  throw new Error("nothing is sent here")
}
const five: Dialect.Open = (opening) => never(opening)
const four: Dialect.Open = (opening) => never(opening)

const closed = new SocketError({ reason: "Closed", message: "" })
const timedOut = new SocketError({ reason: "TimedOut", message: "" })
const refusal = new ConnectionRefused({ returnCode: 0x84, message: "" })
const busy = new ConnectionRefused({ returnCode: 0x89, message: "" })
const malformed = new MalformedPacket({ packet: "CONNACK", clause: "", message: "" })

/** A connection to this Server, whether it was accepted, and why it ended. */
type Step = readonly [server: string, isAccepted: boolean, reason: LinkError]

/** What is spoken on each connection; `!` where the same Server is to be asked again at once. */
const spoken = (steps: ReadonlyArray<Step>): string => {
  const versions = Versions.make({ open: five, fallback: four })
  return steps.map(([server, isAccepted, reason]) => {
    let asked = ""
    const again = () => {
      asked = "!"
    }
    const connection: Connection = {
      write: () => Effect.void,
      pull: Effect.never,
      close: Effect.void,
      choice: { server, again }
    }
    const version = Versions.openFor(versions, connection) === five ? "5" : "4"
    const isAgain = Versions.isToAskAgain(versions, isAccepted, reason)
    expect(isAgain).toBe(asked === "!")
    return version + asked
  }).join(" ")
}

describe("with version auto", () => {
  const rows: ReadonlyArray<readonly [what: string, steps: ReadonlyArray<Step>, versions: string]> = [
    ["stays with MQTT 5 at a Server that has accepted it, however it closes later", [["a", true, closed], ["a", false,
      closed], ["a", false, closed]], "5 5 5"],
    ["asks in MQTT 3.1.1 after a refusal, and stays so once that is accepted", [["a", false, refusal], ["a", true,
      closed], ["a", true, timedOut], ["a", false, timedOut]], "5! 4 4 4"],
    ["takes a close, or what is no CONNACK of MQTT 5, for a refusal", [["a", false, closed], ["a", true, closed], ["b",
      false, malformed], ["b", true, closed]], "5! 4 5! 4"],
    ["does not take other ends for one", [["a", false, timedOut], ["a", false, busy], ["a", false, timedOut]], "5 5 5"],
    ["tries MQTT 5 again when MQTT 3.1.1 was not accepted: the Server is starting", [["a", false, closed], ["a", false,
      closed], ["a", false, closed], ["a", false, closed], ["a", true, closed]], "5! 4 5! 4 5"],
    ["goes back to MQTT 3.1.1 when a Server has lost MQTT 5, but only if it says so", [["a", true, closed], ["a", false,
      refusal], ["a", true, closed]], "5 5! 4"],
    ["speaks to each Server the version that it has", [["a", false, refusal], ["a", true, closed], ["b", true, closed],
      ["a", true, closed], ["b", true, closed]], "5! 4 5 4 5"]
  ]
  it.each(rows)("%s", (_, steps, versions) => {
    expect(spoken(steps)).toBe(versions)
  })
})

describe("with one version", () => {
  it("never asks in another", () => {
    const versions = Versions.make({ open: five, fallback: undefined })
    const connection: Connection = { write: () => Effect.void, pull: Effect.never, close: Effect.void }
    for (const reason of [refusal, closed, malformed]) {
      expect(Versions.openFor(versions, connection)).toBe(five)
      expect(Versions.isToAskAgain(versions, false, reason)).toBe(false)
    }
  })
})

it("asks nothing again when there was no connection", () => {
  expect(Versions.isToAskAgain(Versions.make({ open: five, fallback: four }), false, closed)).toBe(false)
})
