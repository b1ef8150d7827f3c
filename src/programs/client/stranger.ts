/**
 * What answers a CONNECT and is no MQTT Server: by its first bytes, with what to correct.
 */
import * as Bytes from "../../domain/bytes/Bytes.ts"

/** How other protocols begin, byte by byte. */
const beginnings: ReadonlyArray<readonly [beginning: string, words: string]> = [
  ["HTTP/",
    "speaks HTTP at this port: for WebSocket write ws:// and its path, or use its MQTT port (1883 by convention)"],
  // An alert of TLS 1.x, or of SSL 3.
  ["\x15\x03", "speaks TLS at this port: write mqtts://, or use its port without TLS (1883 by convention)"],
  ["SSH-", "speaks SSH at this port: use its MQTT port (1883 by convention)"],
  ["AMQP", "speaks AMQP at this port: use its MQTT port (1883 by convention; RabbitMQ needs its MQTT plug-in)"]
]

/** The end of a sentence that begins with the Server's name; undefined for what may be MQTT. */
export const stranger = (chunk: Bytes.Bytes): string | undefined =>
  beginnings.find(([beginning]) =>
    Array.from(beginning).every((character, index) => Bytes.at(chunk, index) === character.charCodeAt(0))
  )?.[1]
