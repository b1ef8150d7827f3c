/**
 * The twin of domain/packet/Writer.ts for a board: packets as byte strings, one behind another. Refuses what the original
 * refuses, but for what a byte string of a board cannot be: not UTF-8, or larger than 256 MB.
 */
import type * as Original from "../../../domain/packet/Writer.ts"
import * as Result from "effect/Result"
import { InvalidPacket } from "../../../domain/packet/PacketError.ts"

export type Writer = Original.Writer

interface Page {
  /** The packets that are complete. */
  bytes: string
  /** The one being written, from behind its fixed header. */
  body: string
  packet: string
  error: InvalidPacket | undefined
}

const chr = String.fromCharCode

export const make = ((): Page => ({ bytes: "", body: "", packet: "packet", error: undefined })) as unknown as typeof Original.make

const invalid_ = (page: Page, field: string, clause: string): void => {
  const packet = page.packet
  if (!page.error) page.error = new InvalidPacket({ packet, field, clause, message: packet + " " + field + " " + clause })
}
export const invalid = invalid_ as unknown as typeof Original.invalid

export const begin = ((page: Page, packet: string) => {
  page.packet = packet
  page.body = ""
}) as unknown as typeof Original.begin

export const u8 = ((page: Page, value: number) => {
  page.body += chr(value)
}) as unknown as typeof Original.u8

const u16_ = (page: Page, value: number): void => {
  page.body += chr(value >> 8 & 255, value & 255)
}
export const u16 = u16_ as unknown as typeof Original.u16

export const packetIdentifier = ((page: Page, identifier: number | undefined) => {
  if (!identifier || (identifier & 0xffff) !== identifier) invalid_(page, "packetIdentifier", "MQTT-2.3.1-1")
  else u16_(page, identifier)
}) as unknown as typeof Original.packetIdentifier

export const raw = ((page: Page, bytes: string) => {
  page.body += bytes
}) as unknown as typeof Original.raw

const binary_ = (page: Page, bytes: string, field: string): void => {
  const size = bytes.length
  if (size > 0xffff) return invalid_(page, field, "1.5.3")
  u16_(page, size)
  page.body += bytes
}
export const binary = binary_ as unknown as typeof Original.binary

/** There is no quicker way here. */
export const plainText: typeof Original.plainText = () => false

export const text = ((page: Page, value: string, field: string) => {
  if (value.indexOf("\0") >= 0) invalid_(page, field, "MQTT-1.5.3-2")
  else binary_(page, value, field)
}) as unknown as typeof Original.text

export const end = ((page: Page, first: number) => {
  let left = page.body.length
  let header = chr(first)
  do {
    header += chr(left > 127 ? left & 127 | 128 : left)
    left >>= 7
  } while (left > 0)
  page.bytes += header + page.body
}) as unknown as typeof Original.end

export const result = ((page: Page) => page.error ? Result.fail(page.error) : Result.succeed(page.bytes)) as unknown as typeof Original.result
