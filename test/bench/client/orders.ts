/** What the parent asks of a worker, and the answers. */

export type Order =
  | { readonly work: "connect"; readonly host: string; readonly port: number; readonly clientId: string }
  | { readonly work: "subscribe"; readonly topic: string; readonly qos: 0 | 1 }
  | { readonly work: "publish"; readonly qos: 0 | 1; readonly count: number; readonly window: number }
  /** Messages that the raw Server sends. */
  | { readonly work: "flood"; readonly qos: 0 | 1; readonly count: number }
  /** Messages that somebody publishes as soon as the worker has said "ready". */
  | { readonly work: "receive"; readonly qos: 0 | 1; readonly count: number }
  /**
   * Messages that come all at once, from the raw Server or from somebody else; the handler publishes with QoS 1 for
   * each and waits, or with `forked` does not. Done when all is acknowledged.
   */
  | { readonly work: "answer"; readonly count: number; readonly forked: boolean; readonly fromServer: boolean }
  | { readonly work: "owe"; readonly count: number }
  | { readonly work: "end" }

/** A function, and which part of the busy time it took itself, 0 to 1. */
export interface Share {
  readonly name: string
  readonly share: number
}

export interface Taken {
  readonly millis: number
  /** Of the whole process, its helper threads included. */
  readonly cpuMillis: number
  /**
   * Bytes in use by JavaScript, and how many more than before; for `connect` and `owe` after a collection of garbage.
   */
  readonly heap: number
  readonly heapGrowth: number
  /** The most memory that the process has had so far, in bytes. */
  readonly peak: number
  /** Where the time went; empty unless the worker was started to tell. */
  readonly profile: ReadonlyArray<Share>
}
