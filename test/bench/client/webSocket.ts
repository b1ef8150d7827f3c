/**
 * Just enough of WebSocket (RFC 6455) that neither the raw Server nor the bare socket is the limit: a write is a
 * message, a message may be read in parts, and who must mask does it with zeros, which costs nothing.
 */
import { createHash } from "node:crypto"
import type * as net from "node:net"
import type { Wire } from "./Wire.ts"

const headOf = (length: number, isMasked: boolean): Buffer => {
  const mask = isMasked ? 0x80 : 0
  const head = Buffer.alloc((length < 126 ? 2 : length < 65_536 ? 4 : 10) + (isMasked ? 4 : 0))
  head[0] = 0x82
  if (length < 126) head[1] = mask | length
  else if (length < 65_536) {
    head[1] = mask | 126
    head.writeUInt16BE(length, 2)
  } else {
    head[1] = mask | 127
    head.writeUInt32BE(length, 6)
  }
  return head
}

/** Word by word: a loop over bytes would make the Server the limit with 10 kB. `phase`: bytes unmasked before. */
const unmask = (bytes: Buffer, start: number, end: number, mask: Buffer, phase: number): void => {
  if (mask.readInt32LE(0) === 0) return
  let at = start
  const single = (until: number): void => {
    for (; at < until; at++) bytes[at] = (bytes[at] as number) ^ (mask[(phase + at - start) & 3] as number)
  }
  single(Math.min(end, start + ((4 - ((bytes.byteOffset + start) & 3)) & 3)))
  if (at === end) return
  const words = new Int32Array(bytes.buffer, bytes.byteOffset + at, (end - at) >> 2)
  const turned = Buffer.from([0, 1, 2, 3].map((i) => mask[(phase + at - start + i) & 3] as number)).readInt32LE(0)
  for (let i = 0; i < words.length; i++) words[i] = (words[i] as number) ^ turned
  at += words.length * 4
  single(end)
}

const noMask = Buffer.alloc(4)

interface Head {
  readonly isControl: boolean
  readonly length: number
  readonly mask: Buffer
  /** Where the payload begins. */
  readonly body: number
}

/** Of the frame at `offset`; undefined while it is not whole. */
const readHead = (bytes: Buffer, offset: number): Head | undefined => {
  if (bytes.length < offset + 2) return undefined
  const second = bytes[offset + 1] as number
  const short = second & 127
  const lengthEnd = offset + (short === 126 ? 4 : short === 127 ? 10 : 2)
  const body = lengthEnd + (second >> 7) * 4
  if (bytes.length < body) return undefined
  return {
    isControl: ((bytes[offset] as number) & 8) !== 0,
    length: short === 126 ? bytes.readUInt16BE(offset + 2) : short === 127 ? bytes.readUInt32BE(offset + 6) : short,
    mask: second < 128 ? noMask : Buffer.from(bytes.subarray(lengthEnd, body)),
    body
  }
}

/** Pings and a closing handshake are not answered: nobody here waits for that. */
const attach = (socket: net.Socket, isMasked: boolean): Wire => {
  let listener: (bytes: Buffer) => void = () => {}
  let rest: Buffer = Buffer.alloc(0)
  let head: Head = { isControl: false, length: 0, mask: noMask, body: 0 }
  let done = 0
  socket.on("data", (chunk: Buffer) => {
    const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
    let offset = 0
    while (offset < bytes.length) {
      if (done === head.length) {
        const next = readHead(bytes, offset)
        if (next === undefined) break
        head = next
        done = 0
        offset = head.body
        continue
      }
      const end = Math.min(bytes.length, offset + head.length - done)
      unmask(bytes, offset, end, head.mask, done)
      if (!head.isControl) listener(bytes.subarray(offset, end))
      done += end - offset
      offset = end
    }
    rest = bytes.subarray(offset)
  })
  return {
    write: (bytes) => {
      socket.cork()
      socket.write(headOf(bytes.length, isMasked))
      const isTaken = socket.write(bytes)
      socket.uncork()
      return isTaken
    },
    onData: (given) => {
      listener = given
    },
    onDrain: (given) => {
      socket.on("drain", given)
    }
  }
}

/** The Server's end, when its client has sent this request. */
export const accept = (socket: net.Socket, request: string): Wire => {
  const key = /^sec-websocket-key: *(\S+)/im.exec(request)?.[1] ?? ""
  const answer = createHash("sha1").update(key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").digest("base64")
  socket.write(
    "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
      `Sec-WebSocket-Accept: ${answer}\r\nSec-WebSocket-Protocol: mqtt\r\n\r\n`
  )
  return attach(socket, false)
}

/** The client's end. The Server says nothing by itself, so its answer comes alone. */
export const open = (socket: net.Socket): Promise<Wire> => {
  socket.write(
    "GET /mqtt HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
      "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: mqtt\r\n" +
      `Sec-WebSocket-Key: ${Buffer.alloc(16, "bench").toString("base64")}\r\n\r\n`
  )
  return new Promise((resolve, reject) => {
    socket.once("data", (answer) => {
      if (answer.toString("latin1").startsWith("HTTP/1.1 101")) resolve(attach(socket, true))
      else reject(new Error(`no WebSocket: ${answer.toString("latin1")}`))
    })
    socket.once("error", reject)
  })
}
