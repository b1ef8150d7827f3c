/**
 * The PUBACKs and PUBRECs of one connection, in the order of the messages (MQTT-4.6.0-2, MQTT-4.6.0-3).
 *
 * Nothing is acknowledged that nobody took. So a message that waits to be taken holds back the answers to those after
 * it. Usually none waits, and an answer costs no more than sending it.
 */
import * as Puback from "../../domain/packet/Puback.ts"
import * as Pubrec from "../../domain/packet/Pubrec.ts"
import type { Send } from "./ExchangeState.ts"

interface Place {
  readonly packetIdentifier: number
  readonly qos: 1 | 2
  isTaken: boolean
}

export interface Acknowledgements {
  readonly send: Send
  /** From the first message that nobody has taken on. */
  readonly places: Array<Place>
  /** PUBACKs that were sent. */
  sent: number
}

export const make = (send: Send): Acknowledgements => ({ send, places: [], sent: 0 })

const acknowledge = (acknowledgements: Acknowledgements, packetIdentifier: number, qos: 1 | 2): void => {
  if (qos === 2) {
    acknowledgements.send(Pubrec.make(packetIdentifier))
    return
  }
  acknowledgements.send(Puback.make(packetIdentifier))
  acknowledgements.sent++
}

/** The message that is next in order was taken. */
export const take = (acknowledgements: Acknowledgements, packetIdentifier: number, qos: 1 | 2): void => {
  if (acknowledgements.places.length === 0) return acknowledge(acknowledgements, packetIdentifier, qos)
  acknowledgements.places.push({ packetIdentifier, qos, isTaken: true })
}

/** The message that is next in order waits to be taken. Call the result when it is. */
export const hold = (acknowledgements: Acknowledgements, packetIdentifier: number, qos: 1 | 2): () => void => {
  const { places } = acknowledgements
  const place: Place = { packetIdentifier, qos, isTaken: false }
  places.push(place)
  return () => {
    place.isTaken = true
    if (places[0] !== place) return
    let count = 0
    for (; places[count]?.isTaken === true; count++) {
      const { packetIdentifier, qos } = places[count] as Place
      acknowledge(acknowledgements, packetIdentifier, qos)
    }
    places.splice(0, count)
  }
}
