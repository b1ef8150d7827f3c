/**
 * What a usual wake does not call lies in overlays, files beside the boot code: a function is loaded, called and
 * forgotten, so that such a wake neither reads nor holds it. The bundler says which functions (`bundle/overlays`).
 */
import { Storage } from "../../ports/Storage.ts"
import { platform } from "./platform/platform.ts"

type Function = (...given: ReadonlyArray<unknown>) => unknown

/**
 * The function of this number in `file`, to be called by who asks: from here it would be one call deeper, and what lies
 * there needs the C stack. Throws when the file is missing, which is a defect, and tells which.
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
