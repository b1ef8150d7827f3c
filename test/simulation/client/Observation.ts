/**
 * What can be observed of a Client from outside: what its user asks for and gets, what it writes to the network and
 * pulls from it, what reaches its Server. The checkers know nothing else of it.
 */
import type * as Exit from "effect/Exit"
import type * as DeliveryLog from "../../../src/domain/delivery/DeliveryLog.ts"
import type * as Client from "../../../src/programs/client/Client.ts"
import type { Seen } from "./Seen.ts"
import type { HandlerKind } from "./Step.ts"

/** What the user asks for. Publications are named by their number, which is in the payload. */
export type Ask =
  | {
    readonly _tag: "Publish"
    readonly number: number
    readonly topic: string
    readonly qos: 0 | 1 | 2
    readonly retain: boolean
    readonly bytes: number
    readonly until: "acknowledged" | "accepted"
    /** Seconds; undefined: it does not expire. */
    readonly expiry: number | undefined
  }
  | { readonly _tag: "Subscribe"; readonly filter: string; readonly qos: 0 | 1 | 2; readonly handler: HandlerKind }
  | { readonly _tag: "Unsubscribe"; readonly filter: string }
  | { readonly _tag: "Listen"; readonly filters: ReadonlyArray<string>; readonly millis: number }
  | { readonly _tag: "Ping" }

export type Observation =
  /** The user makes Client number `client`, and has it, or not. */
  | { readonly _tag: "Making"; readonly client: number }
  | { readonly _tag: "Made"; readonly client: number; readonly exit: Exit.Exit<unknown, unknown> }
  /** The user leaves; `closed`: that is done. */
  | { readonly _tag: "Leaving"; readonly client: number }
  | { readonly _tag: "Left"; readonly client: number }
  /** Its process is killed: from here on it does nothing. */
  | { readonly _tag: "Killed"; readonly client: number }
  /** Its store has these on the disk. */
  | { readonly _tag: "Kept"; readonly client: number; readonly events: ReadonlyArray<DeliveryLog.Event> }
  /** The Client's time to let everything end is over. */
  | { readonly _tag: "Gone"; readonly client: number }
  /** The Client says that the connection is lost, and when it will try again, in milliseconds from now. */
  | { readonly _tag: "Reconnecting"; readonly client: number; readonly delayMillis: number }
  /** The Client says that it has given up for good. */
  | { readonly _tag: "GaveUp"; readonly client: number }
  | { readonly _tag: "Asked"; readonly call: number; readonly client: number; readonly ask: Ask }
  | { readonly _tag: "Answered"; readonly call: number; readonly exit: Exit.Exit<unknown, unknown> }
  /** A handler begins with a message, and ends. `call` is that of its `subscribe`. */
  | {
    readonly _tag: "Handling"
    readonly call: number
    readonly number: number
    readonly topic: string
    readonly qos: 0 | 1 | 2
    readonly retain: boolean
    readonly isForged: boolean
  }
  | { readonly _tag: "Handled"; readonly call: number; readonly number: number }
  /** A stream, `poll`, or who reads one topic has given the user a message. */
  | { readonly _tag: "Took"; readonly client: number; readonly number: number }
  /**
   * The Client reports what went wrong without ending anything; `topic`: a Topic Name or a Topic Filter, if it is about
   * one.
   */
  | {
    readonly _tag: "Noticed"
    readonly client: number
    readonly what: Client.Notice["_tag"]
    readonly topic: string | undefined
  }
  | { readonly _tag: "Connecting"; readonly client: number; readonly link: number }
  | { readonly _tag: "ConnectFailed"; readonly client: number; readonly link: number }
  | { readonly _tag: "Opened"; readonly client: number; readonly link: number }
  /** The Client hands a packet to the network; undefined: it is none that MQTT knows. */
  | { readonly _tag: "Sent"; readonly link: number; readonly packet: Seen | undefined; readonly bytes: number }
  /** The Client has pulled bytes with which no packet is complete yet. */
  | { readonly _tag: "Heard"; readonly link: number }
  /** The network has taken them. */
  | { readonly _tag: "Written"; readonly link: number }
  /**
   * The Client has pulled bytes with which a packet is complete; undefined: what cannot be read. `bytes` are its size.
   */
  | {
    readonly _tag: "Pulled"
    readonly link: number
    readonly packet: Seen | undefined
    readonly bytes: number
  }
  /** The Client has learned from the network that the connection is over. */
  | { readonly _tag: "Broken"; readonly link: number }
  /** The Client has closed it. */
  | { readonly _tag: "Closed"; readonly link: number }
  /** A whole packet has reached the Server. */
  | { readonly _tag: "Reached"; readonly link: number; readonly packet: Seen }
  /** The Server hands a message to its subscribers. */
  | { readonly _tag: "Arrived"; readonly number: number; readonly qos: 0 | 1 | 2 }
  /** A fault is injected. */
  | { readonly _tag: "Injected"; readonly kind: string }
  /** Nothing goes wrong from here on. */
  | { readonly _tag: "Healed" }
  /** Everything has had its time. `subscriptions`: the Topic Filters that the Server has for the Client. */
  | {
    readonly _tag: "Settled"
    readonly subscriptions: ReadonlyMap<string, 0 | 1 | 2>
    readonly probes: ReadonlyArray<Probe>
  }
  /** A program error on the way: a fiber of ours or of the Client has died. */
  | { readonly _tag: "Died"; readonly what: string }

/** A message that another client published after the world was healed. */
export interface Probe {
  /** When it was published, in milliseconds. */
  readonly at: number
  readonly number: number
  readonly topic: string
}
