/**
 * What the calls of a client take.
 */
import type { Payload, SubscribeOptions } from "../client/options.ts"
import type { RequestOptions as Requesting } from "../client/requestResponse.ts"

/** Stops waiting. What was sent to the Server cannot be called back. */
export interface Abortable {
  /** The Promise rejects with the reason of this signal: `AbortSignal.timeout(5000)` for a time limit. */
  readonly signal?: AbortSignal | undefined
}

/** How long `readTopic` waits for a message. */
export interface ReadOptions extends Abortable {
  /** Milliseconds after the Server has granted the subscription. 5,000 by default. */
  readonly timeout?: number | undefined
}

/** How a request is published, and how long its answer is waited for. */
export interface RequestOptions extends Omit<Requesting, "timeout">, Abortable {
  /** Milliseconds. 5,000 by default. */
  readonly timeout?: number | undefined
}

/** How long `end` waits. */
export interface EndOptions {
  /**
   * Milliseconds for what has QoS 1 or 2 and is not acknowledged, also in the store. 10,000 by default; 0 does not wait.
   */
  readonly timeout?: number | undefined
  /** The Server publishes the Will, as if the client had been lost. False by default. */
  readonly publishWill?: boolean | undefined
}

/** What a client says when it proves again who it is. */
export interface ReauthenticateOptions extends Abortable {
  /** The first that it says; `respond` of `authentication` answers the rest. None by default. */
  readonly data?: Payload | undefined
}

/** How to subscribe with a handler. */
export interface HandlerOptions extends SubscribeOptions {
  /** Before the Server has granted it, `subscribe` rejects with its reason; later the subscription ends. */
  readonly signal?: AbortSignal | undefined
}

/** How to subscribe with a loop, which throws the reason of `signal`. */
export interface LoopOptions extends HandlerOptions {
  /**
   * Messages that may wait for the loop, and are acknowledged before it has handled them. 100 by default, and 1 MiB
   * together. When there are more, all messages of this client wait, then the Server. 0: each message is acknowledged
   * when the loop asks for the next one.
   */
  readonly buffer?: number | undefined
}
