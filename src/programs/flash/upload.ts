/**
 * Puts files into a board's Storage: stop what runs, erase everything, write each file, compare it.
 *
 * The boot code must be the first file of an erased Storage: when Storage compacts, what comes after a freed place
 * moves, and the program runs from its place in flash. Each piece is answered before the next is sent, so that nothing
 * arrives while the board writes its flash, and no flow control is needed.
 */
import * as Effect from "effect/Effect"
import * as Crc32 from "../../domain/bytes/Crc32.ts"
import * as Board from "./Board.ts"
import { FlashError, refuse } from "./FlashError.ts"
import { closing } from "./ports.ts"

export interface StoredFile {
  /** Its name in Storage. */
  readonly name: string
  readonly bytes: Uint8Array
  /** The board writes in it later; what is not yet written is 255. */
  readonly isPrepared?: true
}

/** What a board reports of itself. */
export interface Interpreter {
  readonly version: string
  readonly board: string
  /** Variables (JsVars) in all. */
  readonly variables: number
}

export interface Progress {
  readonly step: (text: string) => Effect.Effect<void>
  readonly wrote: (name: string, written: number, total: number) => Effect.Effect<void>
}

/** From this version on Espruino reads scripts whose words, strings and numbers are tokens (2v26). */
const tokensVersion = 2026

/** Whether the board's interpreter reads tokens. */
export const readsTokens = ({ version }: Interpreter): boolean => parseFloat(version.replace("v", "0")) >= tokensVersion

const settleMillis = 500
const resetMillis = 10_000
/** 224 pages at up to 0.4 s each. */
const eraseMillis = 120_000
const answerMillis = 15_000
/** A piece, or a checksum, takes some milliseconds; if there is no answer by then, the line was lost on the way. */
const soonMillis = 3_000
const maxAgain = 3

/** A multiple of 3, so that base64 has no padding, and of 4, the size of a word of the flash. */
const pieceBytes = 768

const firmware = "Espruino's firmware and how to put it on: https://www.espruino.com/ESP32"

/** What came instead of an answer, in readable form. */
const excerpt = (heard: string): string => JSON.stringify(heard.replace(/[^\u0020-\u007e]+/g, " ").trim().slice(0, 60))

export const memoryAdvice = (found: Interpreter): string =>
  `${found.board} has ${found.variables} variables; the program takes up to 4,000 of them, with --runtime effect up to 14,000: bundle with --runtime device, or take a board with more memory`

/**
 * Finds the interpreter and stops what it runs. Asks for `waitMillis`, because a sleeping board must be woken first.
 */
export const greet = (board: Board.Board, port: string, waitMillis: number): Effect.Effect<Interpreter, FlashError> =>
  Effect.gen(function*() {
    const answer = yield* board.insist("[process.env.VERSION,process.env.BOARD,process.memory().total]",
      Board.interrupt, waitMillis)
    // Ends timers and connections and empties the memory. A reset drops what is typed meanwhile.
    yield* board.say("reset()")
    yield* Effect.sleep(settleMillis)
    yield* board.insist("1", "", resetMillis)
    const [version, name, variables] = Array.isArray(answer) ? answer as ReadonlyArray<unknown> : []
    return { version: String(version), board: String(name), variables: Number(variables) }
  }).pipe(Effect.catch((fault) => {
    switch (fault._tag) {
      case "LinkError":
        return refuse(
          `${port} was closed before the board answered (${closing(fault.reason)}): is another program using it?`
        )
      case "OutOfMemory":
      case "Thrown":
        return refuse(`${port}: the interpreter does not work: press the board's reset button (EN) and try again`)
      case "Silence":
        return refuse(fault.heard === ""
          ? `${port}: no answer within ${
            waitMillis / 1_000
          } s. Asleep? Press the board's reset button (EN) while this waits. Without Espruino? ${firmware}`
          : `${port}: what answers is not Espruino's interpreter; it says ${excerpt(fault.heard)}. ${firmware}`)
    }
  }))

/**
 * The board writes a piece only if it arrived as it was sent, because a serial line loses characters; and only once,
 * however often it arrives.
 */
const pieceWritten = (name: string, piece: Uint8Array, at: number, size: number): string => {
  const sum = Crc32.crc32(piece)
  const isThere = `(E.CRC32(s.read(f,${at},${piece.length})||"")>>>0)==${sum}`
  const isGood = `(E.CRC32(p)>>>0)==${sum}`
  const place = at === 0 ? `0,${size}` : String(at)
  const base64 = Buffer.from(piece).toString("base64")
  return `(function(p,s,f){return ${isThere}||${isGood}&&s.write(f,p,${place})})(atob("${base64}"),require("Storage"),${
    JSON.stringify(name)
  })`
}

/** The rest of a line that came in pieces must not spoil the next one. */
const askAgain = (board: Board.Board, question: string) => board.insist(question, Board.interrupt, answerMillis)

const writePiece = (board: Board.Board, name: string, question: string) =>
  Effect.gen(function*() {
    const no = () => Effect.succeed(false)
    if ((yield* Effect.catchTags(board.ask(question, soonMillis), { Silence: no, Thrown: no })) !== false) return
    for (let again = 0; again < maxAgain; again++) {
      if ((yield* askAgain(board, question)) !== false) return
    }
    return yield* refuse(
      `${name} does not come to the board as it is sent: the line loses characters. Flash again, with another cable`
    )
  })

const write = (board: Board.Board, { bytes, isPrepared, name }: StoredFile, progress: Progress) =>
  Effect.gen(function*() {
    if (isPrepared) yield* progress.step("preparing " + name)
    for (let at = 0; at < bytes.length; at += pieceBytes) {
      // Erased flash is so already; the first piece makes the file.
      if (at > 0 && bytes.subarray(at, at + pieceBytes).every((byte) => byte === 0xff)) continue
      yield* writePiece(board, name, pieceWritten(name, bytes.subarray(at, at + pieceBytes), at, bytes.length))
      if (!isPrepared) yield* progress.wrote(name, Math.min(at + pieceBytes, bytes.length), bytes.length)
    }
  })

/** Replaces everything in Storage by `files`, in their order. */
export const upload = (
  board: Board.Board,
  files: ReadonlyArray<StoredFile>,
  found: Interpreter,
  progress: Progress
): Effect.Effect<void, FlashError> => {
  let doing = ""
  const left = () =>
    doing.startsWith("comparing") ? "Everything is sent, but not compared" : "The board holds half a program"
  return Effect.gen(function*() {
    doing = "erasing Storage"
    yield* progress.step(doing + " (up to a minute)")
    yield* board.ask(`(require("Storage").eraseAll(),1)`, eraseMillis)
    for (const file of files) {
      doing = "writing " + file.name
      yield* write(board, file, progress)
    }
    for (const { bytes, name } of files) {
      doing = "comparing " + name
      const question = `E.CRC32(require("Storage").read(${JSON.stringify(name)}))`
      const sum = yield* Effect.catchTag(board.ask(question, soonMillis), "Silence", () => askAgain(board, question))
      if (Number(sum) >>> 0 !== Crc32.crc32(bytes)) {
        return yield* refuse(`${name} is not on the board as it was sent: flash again, if necessary with another cable`)
      }
    }
  }).pipe(Effect.catch((fault) => {
    switch (fault._tag) {
      case "FlashError":
        return Effect.fail(fault)
      case "LinkError":
        return refuse(
          `interrupted while ${doing}: the port was closed (${closing(fault.reason)}). ${left()}: flash it again`
        )
      case "Silence":
        return refuse(
          `interrupted while ${doing}: the board stopped answering. ${left()}: press its reset button (EN) and flash it again`
        )
      case "OutOfMemory":
        return refuse(`out of memory while ${doing}: ` + memoryAdvice(found))
      case "Thrown":
        return refuse(`the board failed while ${doing}: ${fault.text}`)
    }
  }))
}
