/**
 * What a Server sends on one connection. A device reads slowly or not at all, and a flood is sent a byte at a time:
 * what the device has not room for waits as packets, not as bytes, so that the memory of a run does not depend on
 * what a seed sends.
 */
import type { Writable } from "node:stream"

export interface Outgoing {
  /** Sent after everything before it: what `make` returns, when its turn comes. */
  readonly push: (make: () => Uint8Array) => void
  /** Nothing that waits is sent any more. */
  readonly end: () => void
}

/** A byte in a write of its own, or all. */
const pieces = function*(bytes: Uint8Array, trickles: boolean): Generator<Uint8Array> {
  if (!trickles) return void (yield bytes)
  for (let at = 0; at < bytes.length; at++) yield bytes.subarray(at, at + 1)
}

export const make = (to: Writable, trickles: boolean): Outgoing => {
  let waiting: Array<() => Uint8Array> = []
  let current: Generator<Uint8Array> | undefined
  let isFull = false
  const pump = () => {
    while (!isFull) {
      const piece = current?.next()
      if (piece !== undefined && piece.done !== true) {
        isFull = !to.write(piece.value)
        continue
      }
      const next = waiting.shift()
      current = next === undefined ? undefined : pieces(next(), trickles)
      if (current === undefined) return
    }
  }
  to.on("drain", () => {
    isFull = false
    pump()
  })
  return {
    push: (one) => {
      waiting.push(one)
      pump()
    },
    end: () => {
      waiting = []
      current = undefined
      isFull = true
    }
  }
}
