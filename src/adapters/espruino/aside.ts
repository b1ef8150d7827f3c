/**
 * What a board needs rarely lies in files of its own beside the boot code: read, called and forgotten, so that a wake which goes
 * as usual neither reads nor holds it. The bundler says what (`bundle/swaps`).
 */
import { Storage } from "../../ports/Storage.ts"
import { platform } from "./platform.ts"

type Function = (...given: ReadonlyArray<unknown>) => unknown

/**
 * The function of this number in `file`, to be called by who asks: from here it would be one call deeper, and what lies there
 * needs the C stack. Throws when the file is missing, which is a defect, and tells which.
 */
export const load = (file: string, index: number): Function => {
  let found: Function | undefined
  platform.eval(platform.require("Storage").read(file) ?? "throw'no file " + file + "'")((Storage as unknown as { readonly v: unknown }).v, (functions) => {
    found = functions[index]
  })
  return found as Function
}
