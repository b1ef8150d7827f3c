/** A Server that has not done something for so many seconds. */
import { type Endpoint, SocketError } from "../../ports/Socket.ts"

export const timedOut = ({ host, port }: Endpoint, what: string, seconds: number): SocketError =>
  new SocketError({ reason: "TimedOut", message: host + ":" + port + " " + what + " " + seconds + " s" })

/** It has not answered. */
export const notAnswered = (to: Endpoint, seconds: number): SocketError => timedOut(to, "has not answered for", seconds)
