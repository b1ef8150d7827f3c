/**
 * HMAC-SHA256 (RFC 2104, FIPS 180-4), from the audited library @noble/hashes. A board uses its own SHA-256.
 */
import { hmac } from "@noble/hashes/hmac.js"
import { sha256 } from "@noble/hashes/sha2.js"
import { bytesToHex } from "@noble/hashes/utils.js"
import type { Bytes } from "./Bytes.ts"

/** 64 hexadecimal digits, in lower case. */
export const hex = (key: Bytes, message: Bytes): string => bytesToHex(hmac(sha256, key, message))
