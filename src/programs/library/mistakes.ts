/**
 * Mistakes that the types do not allow and JavaScript does. Without these checks they would be ignored, or sent.
 */
import * as Data from "effect/Data"
import { InvalidPacket } from "../../domain/packet/PacketError.ts"
import { kind } from "../client/kind.ts"

export { kind } from "../client/kind.ts"
export { topicFault } from "../client/topics.ts"

/** An option that there is not, or that does not go with the others. `message` says what to write in its place. */
export class InvalidOption extends Data.TaggedError("InvalidOption")<{
  readonly option: string
  readonly message: string
}> {}

/** An object would be sent as "[object Object]", or as nothing. */
export const payloadFault = (payload: unknown): InvalidPacket | undefined => {
  if (typeof payload === "string" || payload instanceof Uint8Array) return undefined
  const message = `PUBLISH has ${
    kind(payload)
  } as its payload; it must be a string or a Uint8Array: use JSON.stringify(value) or String(value)`
  return new InvalidPacket({ packet: "PUBLISH", field: "payload", clause: "3.3.3", message })
}

/** Other clients call back; these calls would wait for that for ever. */
export const callbackFault = (call: string, options: unknown): InvalidOption | undefined =>
  typeof options !== "function" ? undefined
    : new InvalidOption({ option: "callback", message: `${call} calls nothing back: await its Promise` })
