/** What the parent asks of a worker, and the answers. */

export type QoS = 0 | 1 | 2

/** How to reach the Server on this machine. */
export interface Link {
  readonly port: number
  readonly version: 4 | 5
  readonly webSocket: boolean
}

export type Order =
  | { readonly work: "connect"; readonly link: Link; readonly clientId: string }
  /** So many connections, each closed before the next is opened. Only the time until each is accepted counts. */
  | { readonly work: "connections"; readonly link: Link; readonly count: number }
  | { readonly work: "subscribe"; readonly topic: string; readonly qos: QoS }
  /** `bytes`: of each payload. */
  | {
    readonly work: "publish"
    readonly qos: QoS
    readonly count: number
    readonly window: number
    readonly bytes: number
  }
  /** Messages of `qos` that somebody publishes as soon as the worker has said "ready". */
  | { readonly work: "receive"; readonly qos: QoS; readonly count: number; readonly bytes: number }
  /**
   * Messages that come all at once, as for `receive`; the handler publishes with QoS 1 for each and waits, or with
   * `forked` does not. Done when all is acknowledged.
   */
  | { readonly work: "answer"; readonly count: number; readonly forked: boolean }
  | { readonly work: "owe"; readonly count: number }

/** What somebody publishes to a worker. `count` is a multiple of 100. */
export interface Flood {
  readonly topic: string
  readonly qos: QoS
  readonly count: number
  readonly bytes: number
}

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
