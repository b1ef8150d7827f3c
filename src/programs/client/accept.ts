/**
 * CONNACK: what begins with a connection.
 */
import * as PubSub from "effect/PubSub"
import * as KeepAlive from "../../domain/delivery/KeepAlive.ts"
import * as Receipts from "../../domain/delivery/Receipts.ts"
import * as Pingreq from "../../domain/packet/Pingreq.ts"
import type * as Core from "./Core.ts"
import type * as Dialect from "./Dialect.ts"
import * as Exchange from "./Exchange.ts"
import * as Inbox from "./Inbox.ts"
import type * as Link from "./Link.ts"
import * as Notice from "./Notice.ts"
import { beginRenewal } from "./renew.ts"
import * as Subscriptions from "./Subscriptions.ts"

/** The connection has shown that it stays, or had the time to. */
export const sendOn = (core: Core.Core, link: Link.Link): void => {
  link.probingSince = undefined
  if (core.link === link) Exchange.sendOn(core.exchange, link.send)
}

/**
 * CONNACK has come, `now` in milliseconds: everybody who waited continues. After a CONNECT with Clean Session it must
 * say Session Present 0 (MQTT-3.2.2-1). The Client ignores a 1: otherwise it would never again send what the Server
 * does not have.
 */
export const accept = (
  core: Core.Core,
  link: Link.Link,
  connack: Dialect.Accepted,
  now: number
): void => {
  const { settings } = core
  const sessionPresent = connack.sessionPresent && !link.dialect.isCleanStart
  if (connack.sessionPresent && !sessionPresent) {
    const message =
      `${settings.server} says that it has kept a Session, but CONNECT asked for a new one: the Client treats it as new (MQTT-3.2.2-1)`
    Notice.tell(core.notices, { _tag: "UnexpectedSession", message })
  }
  const { clientId, keepAlive, maximumQos = 2, receiveMaximum = settings.maximumInFlight } = link.dialect.accept(
    connack
  )
  if (keepAlive !== undefined) link.keepAlive = KeepAlive.make(keepAlive, settings.replyMillis, now)
  if (clientId !== undefined) core.clientId = clientId
  core.exchange.maximumInFlight = Math.min(settings.maximumInFlight, receiveMaximum)
  // A Server of MQTT 3.1.1 cannot say how many it takes. Mosquitto's default is 20: while so many of QoS 2 are on their way,
  // it acknowledges every other message of QoS 1 and 2, and drops it.
  core.exchange.maximumExactlyOnce = link.dialect.version === 4 ? settings.maximumExactlyOnce : Infinity
  if (settings.lowerQos) core.exchange.maximumQos = maximumQos
  link.accepted = true
  link.sessionPresent = sessionPresent
  core.connections++
  core.acceptedAt = now
  if (core.ended !== undefined) return
  if (sessionPresent) {
    Inbox.forgetPending(core.inbox)
    if (core.isSessionDoubtful) Receipts.doubt(core.receipts)
  } else {
    Inbox.keepLast(core.inbox)
    Receipts.lose(core.receipts)
  }
  Subscriptions.connected(core.subscriptions, !sessionPresent ? "new" : core.isSessionDoubtful ? "doubtful" : "kept")
  core.isSessionDoubtful = false
  core.link = link
  const isProbing = Exchange.resume(core.exchange, sessionPresent, link.outgoing)
  // Before what is published: an answer to it may come at once.
  beginRenewal(core, link, now)
  if (!isProbing) Exchange.sendOn(core.exchange, link.send)
  else {
    link.keepAlive = KeepAlive.pinged(link.keepAlive, now)
    link.probingSince = now
    link.pings.push(() => sendOn(core, link))
    link.send(Pingreq.value)
  }
  PubSub.publishUnsafe(core.statuses, { _tag: "Connected", sessionPresent, properties: connack.properties })
  core.settled.openUnsafe()
}
