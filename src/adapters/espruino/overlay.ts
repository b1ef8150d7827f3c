/**
 * Functions that a usual wake does not call are in overlays, files beside the boot code. A function is loaded, called
 * and dropped, so that a usual wake neither reads nor keeps it. The bundler decides which functions
 * (`bundle/overlays`).
 */
import { Storage } from "../../ports/Storage.ts"
import { platform } from "./platform/platform.ts"

type Function = (...given: ReadonlyArray<unknown>) => unknown

/**
 * The function with this number in `file`. The caller calls it: from here it would be one call deeper, and these
 * functions need the C stack. Throws if the file is missing, which is a defect, and names the file.
 */
export const load = (file: string, index: number): Function => {
  let found: Function | undefined
  platform.eval(platform.require("Storage").read(file) ?? "throw'no file " + file + "'")(
    (Storage as unknown as { readonly v: unknown }).v,
    (functions) => {
      found = functions[index]
    }
  )
  return found as Function
}
