/**
 * The steps of a story: faults of the Server and of the network, and what the user does. Each is a value with a time,
 * drawn before anything happens, so a story can be replayed without some of them.
 */

/** Kinds that last; while they do, the world is so. */
export const spells = {
  /** Nobody listens; no way there; TCP connect gets no answer. */
  refusing: "the Server's host refuses connections",
  unreachable: "there is no route to the Server",
  silent: "TCP connect gets no answer",
  connackRefused: "CONNACK refuses",
  noConnack: "CONNACK does not come",
  lateConnack: "CONNACK comes late",
  closeBeforeConnack: "the Server closes before CONNACK",
  closeAfterConnack: "the Server closes soon after CONNACK",
  presentLie: "Session Present says the opposite",
  split: "the network cuts what the Server sends into small pieces",
  coalesced: "the network gathers what the Server sends",
  slow: "the network is slow",
  stopReading: "the Server does not read",
  smallPipe: "the network takes few bytes at a time",
  closeOnTopic: "the Server closes on a PUBLISH to one topic",
  closeOnSize: "the Server closes on a PUBLISH above a size",
  pingNever: "no PINGRESP",
  ackNever: "acknowledgements of some kinds do not come",
  ackLate: "acknowledgements come late",
  ackTwice: "acknowledgements come twice",
  ackWrong: "acknowledgements have another Packet Identifier",
  subackRefused: "SUBACK refuses",
  subackMiscount: "SUBACK has a return code too many",
  sendTwice: "the Server sends each PUBLISH twice"
} as const

/** Kinds that happen once. */
export const blows = {
  sessionLost: "the Server loses all Sessions",
  sessionSwapped: "the Server gives the Client the Session of another",
  halfOpen: "the connection falls silent without an end",
  closeNow: "the Server closes the connection",
  reset: "the network breaks the connection",
  cutUp: "the network breaks the connection within what the Client sends",
  cutDown: "the network breaks the connection within what the Server sends",
  flood: "the Server sends many messages at once",
  unasked: "the Server sends what was never asked for",
  ackEarly: "PUBACK comes before its PUBLISH"
} as const

/** What other clients do, which is their right. */
export const others = {
  othersPublish: "other clients publish",
  othersRetain: "another client publishes a retained message"
} as const

/** What lasts, and only MQTT 5 has it. */
export const spells5 = {
  receiveMaximum: "CONNACK has a Receive Maximum",
  topicAliasMaximum: "CONNACK has a Topic Alias Maximum",
  maximumPacketSize: "CONNACK has a Maximum Packet Size",
  serverKeepAlive: "CONNACK has a Server Keep Alive",
  maximumQos: "CONNACK has a Maximum QoS",
  retainUnavailable: "the Server retains nothing, as its CONNACK says",
  sessionExpires: "the Server shortens the Session Expiry Interval",
  publishRefused: "PUBACK and PUBREC refuse",
  reasons: "answers have Reason Codes, Reason Strings and User Properties",
  aliasing: "the Server uses Topic Aliases"
} as const

/** What happens once, and only MQTT 5 has it. */
export const blows5 = { serverDisconnects: "the Server sends DISCONNECT with a Reason Code" } as const

/** What can happen to a Client with a store. */
export const spellsOfStore = { diskFull: "the store cannot be written" } as const
export const blowsOfStore = { kill: "the Client's process is killed at one of its next steps" } as const

/** All kinds, with words for each. */
export const faultWords = { ...spells, ...blows, ...others, ...spells5, ...blows5, ...spellsOfStore, ...blowsOfStore }

export type Spell = keyof typeof spells | keyof typeof spells5 | keyof typeof spellsOfStore
export type Blow = keyof typeof blows | keyof typeof blows5 | keyof typeof blowsOfStore
export type Other = keyof typeof others
export type FaultKind = Spell | Blow | Other

export interface Fault {
  readonly _tag: "Fault"
  readonly kind: FaultKind
  /** Milliseconds of the world's time. */
  readonly at: number
  /** Milliseconds; 0 for a fault that happens once. */
  readonly lasts: number
  /** How much: see Story. */
  readonly amount: number
  /** Chance's share, 0 to 1, for what else is to be decided. */
  readonly share: number
}

export const actionKinds = [
  "publish",
  "burst",
  "subscribe",
  "unsubscribe",
  "readTopic",
  "listen",
  "stream",
  "poll",
  "ping",
  "renew"
] as const

export type ActionKind = (typeof actionKinds)[number]

export const ways = ["await", "fork", "interrupt", "timeout"] as const
export type Way = (typeof ways)[number]

export const handlerKinds = ["quick", "slow", "publishes", "fails", "throws", "none"] as const
export type HandlerKind = (typeof handlerKinds)[number]

/** What the user does. Which of the fields count depends on the kind. */
export interface Action {
  readonly _tag: "Action"
  readonly kind: ActionKind
  readonly at: number
  readonly topic: string
  readonly filter: string
  readonly qos: 0 | 1 | 2
  readonly retain: boolean
  /** Of a payload. */
  readonly bytes: number
  readonly count: number
  /** How long: until an interruption or a time-out, of a wait, of a slow handler. */
  readonly millis: number
  readonly way: Way
  readonly handler: HandlerKind
}

export type Step = Fault | Action

export const isSpell = (kind: FaultKind): kind is Spell => kind in spells || kind in spells5 || kind in spellsOfStore

const wordsOf = (fault: Fault): string => {
  const { amount, kind, lasts, share } = fault
  const what = faultWords[kind]
  return what + (lasts > 0 ? ` for ${lasts} ms` : "") + (amount > 0 ? ` (${amount})` : "") + ` [${share.toFixed(3)}]`
}

const actionWords = (action: Action): string => {
  const { bytes, count, filter, handler, kind, millis, qos, retain, topic, way } = action
  switch (kind) {
    case "publish":
    case "burst":
      return (
        `publish ${count} x ${bytes} bytes to ${topic}, QoS ${qos}${retain ? ", retained" : ""}, ${way}` +
        (way === "interrupt" || way === "timeout" ? ` after ${millis} ms` : "")
      )
    case "subscribe":
      return `subscribe ${filter}, QoS ${qos}, handler: ${handler}${handler === "slow" ? ` ${millis} ms` : ""}`
    case "unsubscribe":
      return `unsubscribe ${filter}`
    case "readTopic":
      return `readTopic ${topic}, ${millis} ms${way === "interrupt" ? ", interrupted half-way" : ""}`
    case "listen":
      return `listen to ${filter} and ${topic}, ${millis} ms`
    case "stream":
      return (
        `read messages, at most ${count}, ${way === "await" ? "slowly" : "quickly"}, ` +
        `drop the stream after ${millis} ms`
      )
    case "renew":
      return `${way === "await" ? "disconnect" : "close the Scope"}, and make a new Client after ${millis} ms`
    case "poll":
    case "ping":
      return kind
  }
}

/** In words. */
export const describe = (step: Step): string => (step._tag === "Fault" ? wordsOf(step) : actionWords(step))
