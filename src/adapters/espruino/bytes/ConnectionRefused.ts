/**
 * The twin of domain/packet/ConnectionRefused.ts for a board: it gives only the number. The program that listens to a
 * board puts it into words.
 */
import { ConnectionRefused } from "../../../domain/packet/ConnectionRefused.ts"
import type * as Original from "../../../domain/packet/ConnectionRefused.ts"

export { ConnectionRefused }

export const make: typeof Original.make = (returnCode) =>
  new ConnectionRefused({ returnCode, message: "return code " + returnCode })
