/**
 * Stands between a receiving program and its Server, and notes in which order messages came, and which of QoS 2 have had
 * their PUBREC, and when.
 */
import * as net from "node:net"
import * as Bytes from "../../src/domain/bytes/Bytes.ts"
import * as Seen from "../simulation/client/Seen.ts"

export interface Witness {
  readonly port: number
  /** The run in which a PUBREC for the message went to the Server, by its payload. */
  readonly received: ReadonlyMap<string, number>
  /** The place of a message among those that the Server has sent in a run: by `RUN PAYLOAD`. */
  readonly sent: ReadonlyMap<string, number>
  /** The run from now on. */
  run: number
  readonly stop: () => Promise<void>
}

export const make = async (server: number, version: Seen.Version): Promise<Witness> => {
  const received = new Map<string, number>()
  const sent = new Map<string, number>()
  /** By Packet Identifier. It belongs to the Session, which outlives connections. */
  const names = new Map<number, string>()
  const sockets = new Set<net.Socket>()
  const codec = Seen.codecs[version]
  const watch = (from: net.Socket, to: net.Socket, see: (packet: Seen.Seen) => void): void => {
    const read = Seen.reader(codec)
    sockets.add(from)
    from.on("data", (chunk: Buffer) => {
      for (const sized of read(Uint8Array.from(chunk))) if (sized !== undefined) see(sized.packet)
      to.write(chunk)
    })
    from.on("error", () => {})
    from.on("close", () => {
      sockets.delete(from)
      // What it has said is still to arrive.
      to.end()
    })
  }
  const listener = net.createServer((program) => {
    const upstream = net.connect(server, "127.0.0.1")
    watch(program, upstream, (packet) => {
      const name = packet._tag === "Pubrec" ? names.get(packet.packetIdentifier) : undefined
      if (name !== undefined && !received.has(name)) received.set(name, witness.run)
    })
    watch(upstream, program, (packet) => {
      if (packet._tag !== "Publish") return
      const name = Bytes.toText(packet.payload)
      sent.set(`${witness.run} ${name}`, sent.size)
      if (packet.qos === 2) names.set(packet.packetIdentifier as number, name)
    })
  })
  await new Promise<void>((resolve) => listener.listen(0, "127.0.0.1", resolve))
  const witness: Witness = {
    port: (listener.address() as net.AddressInfo).port,
    received,
    sent,
    run: 0,
    stop: () =>
      new Promise((done) => {
        listener.close(() => done())
        for (const socket of sockets) socket.destroy()
      })
  }
  return witness
}
