/**
 * What can be wrong with a Control Packet, named by who is to blame.
 *
 * Every error names the broken clause of MQTT 3.1.1, so that users can report a broken Server to its makers.
 */
import * as Data from "effect/Data"

/** The Server sent bytes that are not a Control Packet. The Network Connection must be closed (MQTT 3.1.1, 4.8). */
export class MalformedPacket extends Data.TaggedError("MalformedPacket")<{
  /** The Control Packet being read, `PUBLISH` for one; `packet` when its type is not known. */
  readonly packet: string
  /** The clause that was broken, for example `MQTT-2.3.1-1` or `2.2.3`. */
  readonly clause: string
  readonly message: string
  /** In MQTT 5: the Reason Code that says it (4.13). */
  readonly reasonCode?: number
}> {}

/** The bytes are a Control Packet, but one that the Server may not send now or with this content (MQTT 3.1.1, 4.8). */
export class ProtocolViolation extends Data.TaggedError("ProtocolViolation")<{
  readonly packet: string
  readonly clause: string
  readonly message: string
  /** In MQTT 5: the Reason Code that says it (4.13). */
  readonly reasonCode?: number
}> {}

/**
 * A Control Packet is larger than the maximum that this program keeps in memory. Sizes in bytes, fixed header included.
 */
export class PacketTooLarge extends Data.TaggedError("PacketTooLarge")<{
  readonly size: number
  readonly maximum: number
  readonly message: string
}> {}

/** The caller asked to send what MQTT 3.1.1 forbids to send. */
export class InvalidPacket extends Data.TaggedError("InvalidPacket")<{
  readonly packet: string
  /** The field to correct, for example `keepAlive`. */
  readonly field: string
  readonly clause: string
  readonly message: string
}> {}

/**
 * Why bytes could not be read as a Control Packet. Either way the Network Connection must be closed (MQTT 3.1.1, 4.8).
 */
export type DecodeError = MalformedPacket | ProtocolViolation
