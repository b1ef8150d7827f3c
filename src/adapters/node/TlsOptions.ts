/**
 * The port's TLS in Node's words, the same for a bare stream and for WebSocket.
 */
import * as net from "node:net"
import * as tls from "node:tls"
import type { Tls } from "../../ports/Socket.ts"

/** `host` is the Server's, without brackets. */
export const make = (options: Tls, host: string): tls.ConnectionOptions => {
  const { alpn, ca, cert, key, passphrase, serverName = host } = options
  return {
    ca,
    cert,
    key,
    passphrase,
    ...(alpn === undefined ? {} : { ALPNProtocols: [...alpn] }),
    // RFC 6066 allows no IP address as the requested name (SNI); the certificate is still checked against it.
    servername: net.isIP(serverName) === 0 ? serverName : "",
    checkServerIdentity: (_, certificate) => tls.checkServerIdentity(serverName, certificate),
    // Set explicitly, because an environment variable can change Node's default.
    rejectUnauthorized: true
  }
}
