/** The twin of domain/bytes/Crc32.ts for a board: Espruino has the function. */
import type * as Original from "../../../domain/bytes/Crc32.ts"
import { platform } from "../platform/platform.ts"

export const crc32: typeof Original.crc32 = (bytes) => platform.E.CRC32(bytes)
