/** The PEM texts of test/fixtures/tls; its README says what each is. */
import { readFileSync } from "node:fs"

const read = (file: string): string => readFileSync(new URL(`../fixtures/tls/${file}.pem`, import.meta.url), "utf8")

export interface Identity {
  readonly cert: string
  readonly key: string
}

const identity = (name: string): Identity => ({ cert: read(`${name}.cert`), key: read(`${name}.key`) })

/** The authority that signed all identities below. */
export const ca = read("ca.cert")

/** An authority that signed none of them. */
export const unknownCa = read("unknown-ca.cert")

/** For localhost, 127.0.0.1 and ::1. */
export const server = identity("server")

/** For other.example alone. */
export const otherHost = identity("other-host")

/** As `server`, until 1 February 2024. */
export const expired = identity("expired")

export const client = identity("client")

/** Signed by itself, for another host, and without elliptic curves, which Espruino's mbedTLS lacks. */
export const rsa = identity("rsa")
