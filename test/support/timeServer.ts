/** A small SNTP server over UDP on this machine, written from RFC 4330 and by nothing of ours. */
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import * as dgram from "node:dgram"
import type { AddressInfo } from "node:net"

export interface RunningTimeServer {
  readonly host: string
  readonly port: number
  /** What has come, as hexadecimal digits. */
  readonly requests: ReadonlyArray<string>
  /** How much more than this machine's clock it shows, in milliseconds. */
  aheadMillis: number
  /** Changes an answer; undefined: there is none. */
  spoil: (answer: Buffer) => Buffer | undefined
}

const secondsTo1970 = 2_208_988_800n

const timestamp = (millis: number): Buffer => {
  const bytes = Buffer.alloc(8)
  const whole = BigInt(Math.floor(millis / 1000)) + secondsTo1970
  bytes.writeBigUInt64BE((whole << 32n) + (BigInt(Math.floor(millis % 1000)) << 32n) / 1000n)
  return bytes
}

/** Listens on a free port of the loopback interface. */
export const make: Effect.Effect<RunningTimeServer, never, Scope.Scope> = Effect.acquireRelease(
  Effect.callback<RunningTimeServer & { readonly socket: dgram.Socket }>((resume) => {
    const socket = dgram.createSocket("udp4")
    const requests: Array<string> = []
    socket.bind(0, "127.0.0.1", () => {
      const { port } = socket.address() as AddressInfo
      const server = { host: "127.0.0.1", port, requests, aheadMillis: 0, spoil: (answer: Buffer) => answer, socket }
      socket.on("message", (request, from) => {
        requests.push(request.toString("hex"))
        const now = timestamp(performance.timeOrigin + performance.now() + server.aheadMillis)
        const head = Buffer.from("240206ec00000000000000007f0000010000000000000000", "hex")
        const answer = server.spoil(Buffer.concat([head, request.subarray(40, 48), now, now]))
        if (answer !== undefined) socket.send(answer, from.port, from.address)
      })
      resume(Effect.succeed(server))
    })
  }),
  ({ socket }) => Effect.sync(() => socket.close())
)
