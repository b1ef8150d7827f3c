/**
 * A connection over TLS.
 */
import type { Endpoint, Tls } from "../../ports/Socket.ts"
import { type BoardSocket, platform } from "./platform/platform.ts"

/** The bytes in a PEM text. `atob` ignores line ends. */
const der = (pem: string | undefined) => pem && atob(pem.split("-----")[2] ?? "")

/** Throws as `net` does. */
export const openTls = ({ host, port }: Endpoint, { ca, cert, key }: Tls, opened: () => void): BoardSocket =>
  platform.require("tls").connect({ host, port, ca: der(ca), cert: der(cert), key: der(key) }, opened)
