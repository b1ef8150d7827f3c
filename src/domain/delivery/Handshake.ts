/**
 * What a PUBLISH with QoS 1 or 2 waits for at its sender, named by the packet whose turn it is (MQTT 3.1.1, 4.3.2,
 * 4.3.3; the same in MQTT 5).
 *
 *     QoS 1   PUBACK    PUBACK  -> delivered, or refused
 *     QoS 2   PUBREC    PUBREC  -> PUBREL goes out: PUBCOMP; or refused, and that is the end
 *                       PUBACK  -> lowered: a Server without QoS 2 has taken it with QoS 1, and no PUBREC will come
 *             PUBCOMP   PUBCOMP -> delivered
 *
 * While it waits for PUBACK or PUBREC, a new connection gets the PUBLISH again. While it waits for PUBCOMP, a new
 * connection gets the PUBREL again, and never the PUBLISH (MQTT-4.3.3-1): the Server may have forgotten the Packet
 * Identifier, and would take the message for another one.
 */
export type Awaited = "PUBACK" | "PUBREC" | "PUBCOMP"

/** What a message that was just sent waits for. */
export const begin = (qos: 1 | 2): Awaited => qos === 1 ? "PUBACK" : "PUBREC"

/** What an answer makes of the message. */
export type Step = "released" | "delivered" | "refused" | "lowered"

/** `isRefusal`: the answer has a Reason Code from 0x80 on. Undefined: the message does not wait for this packet. */
export const step = (awaited: Awaited, answer: Awaited, isRefusal: boolean): Step | undefined => {
  if (awaited === "PUBREC" && answer === "PUBACK") return "lowered"
  if (awaited !== answer) return undefined
  // A PUBCOMP only says with a Reason Code that the Server knew nothing (any more): it had said PUBREC (MQTT 5, 3.7.2.1).
  if (awaited === "PUBCOMP") return "delivered"
  return isRefusal ? "refused" : awaited === "PUBREC" ? "released" : "delivered"
}

/**
 * The Server has lost the Session, and the Packet Identifier means nothing to it any more. A message that was released
 * is published again, too: a Server that delivers at PUBREL may have lost it.
 */
export const restarted = (awaited: Awaited): Awaited => awaited === "PUBCOMP" ? "PUBREC" : awaited
