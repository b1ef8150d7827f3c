/**
 * What a board needs rarely lies in files of its own beside the boot code: read, called and forgotten, so that a wake which goes
 * as usual neither reads nor holds it. The bundler says what (`bundle/swaps`).
 */
import { Storage } from "../../ports/Storage.ts"
import { platform } from "./platform.ts"

type Function = (...given: ReadonlyArray<unknown>) => unknown

/** Calls the function of this number in `file`. Throws when the file is missing, which is a defect. */
export const call = (file: string, index: number, a: unknown, b: unknown, c: unknown): unknown => {
  let found: Function | undefined
  platform.eval(platform.require("Storage").read(file))((Storage as unknown as { readonly v: unknown }).v, (functions) => {
    found = functions[index]
  })
  return (found as Function)(a, b, c)
}
