import type { Bytes } from "../../../src/domain/bytes/Bytes.ts"

/** Bytes of a hexadecimal text; spaces are for the reader. */
export const bytes = (hex: string): Bytes => new Uint8Array(Buffer.from(hex.replaceAll(" ", ""), "hex"))

export const hex = (value: Bytes): string => Buffer.from(value).toString("hex")
