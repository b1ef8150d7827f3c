/** The address of a board's Wi-Fi, which no other has. */
import { platform } from "./platform/platform.ts"

/** 12 hexadecimal digits; Espruino gives it as `a0b1c2d3-e4f5`. */
export const mac = (): string => platform["getSerial"]().split("-").join("")
