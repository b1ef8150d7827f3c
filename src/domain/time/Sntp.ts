/**
 * The packet with which a Client asks for the time, and what an answer says (SNTP, RFC 4330). A request and an answer
 * have the same 48 bytes:
 *
 *     0   leap indicator (2 bits) | version (3) | mode (3): 3 for a client, 4 for a server
 *     1   stratum: 1 to 15; 0: the server wants to be left alone ("kiss of death"), and bytes 12 to 15 say why
 *     2   poll interval, precision, root delay, root dispersion, reference: not used here
 *     24  originate timestamp: of an answer, the transmit timestamp of the request
 *     32  receive timestamp: when the server got the request
 *     40  transmit timestamp: when the server sent the answer
 *
 * A timestamp is the seconds since 1900 (32 bits) and a fraction of a second (32 bits). The transmit timestamp of our
 * request is drawn at random: the server need not know what our clock shows, and who has not seen the request cannot
 * answer it.
 */
import * as Result from "effect/Result"
import * as Bytes from "../bytes/Bytes.ts"

/** The UDP port of a server. */
export const standardPort = 123

/** Bytes of a request, and of an answer at least: a server may put more behind it. */
export const packetBytes = 48

const nonceBytes = 8
const originateAt = 24
const receiveAt = 32
const transmitAt = 40

/** 1970-01-01 in seconds since 1900. */
const unixEpoch = 2_208_988_800

/** Seconds whose first bit is not set were counted from 2036 on (RFC 4330, section 3). */
const halfEra = 2_147_483_648
const era = 4_294_967_296

/** The clock of a board gives whole milliseconds. */
const roundingMillis = 1

/** What a request is known by again. `draw` gives numbers from 0 up to 1 (exclusive). */
export const nonce = (draw: () => number): Bytes.Bytes => {
  let text = ""
  for (let i = 0; i < nonceBytes; i++) text += String.fromCharCode(Math.floor(draw() * 256))
  return Bytes.fromBinary(text)
}

/** Version 4, mode 3, and nothing else but the nonce. */
export const request = (transmit: Bytes.Bytes): Bytes.Bytes => {
  let text = String.fromCharCode(0x23)
  while (text.length < transmitAt) text += String.fromCharCode(0)
  return Bytes.concat([Bytes.fromBinary(text), transmit])
}

const wordAt = (bytes: Bytes.Bytes, at: number): number =>
  Bytes.at(bytes, at) * 16_777_216 + Bytes.at(bytes, at + 1) * 65_536 + Bytes.at(bytes, at + 2) * 256 +
  Bytes.at(bytes, at + 3)

/** A timestamp in milliseconds since 1970. */
const millisAt = (bytes: Bytes.Bytes, at: number): number => {
  const seconds = wordAt(bytes, at)
  return (seconds + (seconds < halfEra ? era : 0) - unixEpoch) * 1000 + wordAt(bytes, at + 4) * 1000 / era
}

/** The letters of a kiss code: `RATE`. Whatever else stands there is not for a log. */
const kissCode = (answer: Bytes.Bytes): string => {
  let code = ""
  for (let at = 12; at < 16; at++) {
    const letter = Bytes.at(answer, at)
    if (letter >= 65 && letter <= 90) code += String.fromCharCode(letter)
  }
  return code
}

const isEmpty = (bytes: Bytes.Bytes, at: number): boolean => wordAt(bytes, at) === 0 && wordAt(bytes, at + 4) === 0

/** Why an answer is none to this request, or says no time; undefined: it does. */
const fault = (answer: Bytes.Bytes, transmit: Bytes.Bytes): string | undefined => {
  if (Bytes.length(answer) < packetBytes) return "it has " + Bytes.length(answer) + " bytes, not " + packetBytes
  if (!Bytes.equals(Bytes.slice(answer, originateAt, receiveAt), transmit)) return "it answers another request"
  const first = Bytes.at(answer, 0)
  const mode = first % 8
  if (mode !== 4) return "its mode is " + mode + ", not 4"
  const stratum = Bytes.at(answer, 1)
  if (stratum === 0) return "the server does not want to be asked (" + kissCode(answer) + ")"
  if (stratum > 15) return "its stratum is " + stratum + ", not 1 to 15"
  if (first >= 0xc0) return "the server's own clock is not set"
  return isEmpty(answer, receiveAt) || isEmpty(answer, transmitAt) ? "it holds no time" : undefined
}

/**
 * By how many milliseconds our clock is behind: what it is to be set ahead by. `sentAt` and `receivedAt` are what it
 * showed, in milliseconds, when the request was sent and when the answer came. Wrong by at most half the time between
 * them. Fails with why the answer cannot be believed.
 */
export const offset = (
  answer: Bytes.Bytes,
  transmit: Bytes.Bytes,
  sentAt: number,
  receivedAt: number
): Result.Result<number, string> => {
  const wrong = fault(answer, transmit)
  if (wrong !== undefined) return Result.fail(wrong)
  const got = millisAt(answer, receiveAt)
  const said = millisAt(answer, transmitAt)
  // The server says that it had the request for longer than we waited, or sent the answer before it got the request.
  if (said < got || said - got > receivedAt - sentAt + roundingMillis) {
    return Result.fail("its times contradict each other")
  }
  return Result.succeed(Math.floor((got - sentAt + said - receivedAt) / 2 + 0.5))
}
