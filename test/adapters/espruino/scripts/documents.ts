/** Reads each document of a file, a length in two bytes before each, and prints its value. */
import { platform } from "../../../../src/adapters/espruino/platform/platform.ts"
import * as Json from "../../../../src/domain/bytes/Json.ts"

declare const print: (text: string) => void

/** Texts as hexadecimal digits, for the console spoils what is not ASCII; numbers as JSON has them. */
const show = (value: unknown): string => {
  if (typeof value === "string") {
    let hex = ""
    for (let i = 0; i < value.length; i++) hex += ("0" + value.charCodeAt(i).toString(16)).slice(-2)
    return "'" + hex
  }
  if (typeof value !== "object" || value === null) return "" + value
  let text = ""
  if (Array.isArray(value)) { for (const each of value as Array<unknown>) text += show(each) + "," }
  else {for (const key of Object.keys(value).sort()) {
      text += show(key) + ":" + show((value as { readonly [key: string]: unknown })[key]) + ","
    }}
  return Array.isArray(value) ? "[" + text + "]" : "{" + text + "}"
}

const bytes = platform.require("Storage").read("documents") as unknown as string
for (let at = 0; at < bytes.length;) {
  const size = bytes.charCodeAt(at) << 8 | bytes.charCodeAt(at + 1)
  at += 2
  print("holds " + show(Json.read(bytes.substring(at, at + size))))
  at += size
}
platform.ESP32.deepSleep(1)
