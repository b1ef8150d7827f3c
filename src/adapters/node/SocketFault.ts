/**
 * Node's network errors in the words of the Socket port.
 *
 * The code decides the reason, and what to correct. For TLS the message also says where: in the configuration file or
 * the program's options, by their names, or in the Server's certificate.
 */
import { SocketError, type SocketErrorReason } from "../../ports/Socket.ts"

/** What Node throws and emits. If several addresses were tried, it is an AggregateError, whose own message is empty. */
interface NodeFault {
  readonly code?: string
  readonly message: string
  readonly errors?: ReadonlyArray<{ readonly message: string }>
}

const reasons: Readonly<Record<string, SocketErrorReason>> = {
  ENOTFOUND: "NotFound",
  EAI_AGAIN: "NotFound",
  EAI_FAIL: "NotFound",
  ENODATA: "NotFound",
  ECONNREFUSED: "Refused",
  EHOSTUNREACH: "Unreachable",
  EHOSTDOWN: "Unreachable",
  ENETUNREACH: "Unreachable",
  ENETDOWN: "Unreachable",
  EADDRNOTAVAIL: "Unreachable",
  ETIMEDOUT: "TimedOut",
  ECONNRESET: "Closed",
  ECONNABORTED: "Closed",
  EPIPE: "Closed",
  ERR_STREAM_DESTROYED: "Closed",
  ERR_STREAM_WRITE_AFTER_END: "Closed"
}

/** What to correct, by the reason. A stream that was closed is not here: only its caller knows what it was for. */
const advice: Readonly<Record<SocketErrorReason, string>> = {
  NotFound: "no such host is known: check its name, and the network",
  Refused: "nobody listens there: start the Server, or correct host and port",
  Unreachable: "there is no route to it: check the network and the address",
  TimedOut: "no answer: check that the Server runs, and check host and port",
  Closed: "",
  Tls: "TLS failed",
  Handshake: "",
  Failback: "",
  Unknown: ""
}

/** What the user corrects, in the user's own words. */
export interface Names {
  readonly ca: string
  readonly cert: string
  readonly key: string
  /** To turn TLS on, and off. */
  readonly on: string
  readonly off: string
  readonly host: string
}

/** For who has a configuration file. */
export const configured: Names = {
  ca: "ssl_ca",
  cert: "ssl_cert",
  key: "ssl_key",
  on: "set ssl to true",
  off: "set ssl to false",
  host: "set broker"
}

/** For who calls the library. */
export const programmed: Names = {
  ca: "tls.ca",
  cert: "tls.cert",
  key: "tls.key",
  on: "write mqtts:// or wss://",
  off: "write mqtt:// or ws://",
  host: "set tls.serverName"
}

/** What to correct, by the code of OpenSSL or Node. */
const adviceFor = ({ ca, cert, host, key, off }: Names): Readonly<Record<string, string>> => {
  const unknownAuthority =
    `its certificate comes from an authority that is not trusted here: set ${ca} to the PEM of that authority`
  const selfSigned =
    `its certificate is signed by itself, and not trusted here: set ${ca} to the PEM of this certificate`
  const clientCertificate = `it wants a client certificate that it trusts: set ${cert} and ${key}`
  const noTls =
    `it does not speak TLS at this port: use its TLS port (by convention 8883, and 443 for wss://), or ${off}`
  const noPem = `${ca}, ${cert} or ${key} is not a PEM text that can be read`
  return {
    SELF_SIGNED_CERT_IN_CHAIN: unknownAuthority,
    DEPTH_ZERO_SELF_SIGNED_CERT: selfSigned,
    UNABLE_TO_GET_ISSUER_CERT: unknownAuthority,
    UNABLE_TO_GET_ISSUER_CERT_LOCALLY: unknownAuthority,
    UNABLE_TO_VERIFY_LEAF_SIGNATURE: unknownAuthority,
    CERT_UNTRUSTED: unknownAuthority,
    CERT_SIGNATURE_FAILURE:
      `its certificate was not signed by the authority of ${ca}, though that has the same name: set ${ca} to the right one`,
    CERT_HAS_EXPIRED: "its certificate has expired: renew it at the Server (or set the clock of this machine)",
    CERT_NOT_YET_VALID:
      "its certificate is not valid yet: set the clock of this machine (or of the one that made the certificate)",
    ERR_TLS_CERT_ALTNAME_INVALID:
      `its certificate is for another name: ${host} to a name in the certificate, or have the name added to it`,
    ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED: clientCertificate,
    ERR_SSL_TLSV1_ALERT_UNKNOWN_CA: clientCertificate,
    ERR_SSL_SSLV3_ALERT_BAD_CERTIFICATE: clientCertificate,
    ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE:
      `it ended the TLS handshake: ${clientCertificate}, or it shares no cipher with us`,
    ERR_SSL_TLSV1_ALERT_NO_APPLICATION_PROTOCOL: "it speaks none of the protocols offered by ALPN at this port",
    ERR_SSL_WRONG_VERSION_NUMBER: noTls,
    ERR_SSL_PACKET_LENGTH_TOO_LONG: noTls,
    ERR_OSSL_PEM_NO_START_LINE: noPem,
    ERR_OSSL_PEM_BAD_BASE64_DECODE: noPem,
    ERR_OSSL_UNSUPPORTED: noPem,
    ERR_OSSL_X509_KEY_VALUES_MISMATCH: `${key} does not belong to ${cert}`
  }
}

/** Only whether there is one counts. */
const tlsAdvice = adviceFor(configured)

const tlsCodes = ["ERR_SSL_", "ERR_TLS_", "ERR_OSSL_", "EPROTO", "CERT_", "UNABLE_TO_", "INVALID_"]

const isTls = (code: string): boolean =>
  tlsAdvice[code] !== undefined || tlsCodes.some((start) => code.startsWith(start))

/** How OpenSSL says it: thread, `error`, number, library, function, reason, and where in its sources that is. */
const openSsl = /(?:[0-9A-F]+:)?error:[0-9A-F]+:([^:]*):[^:]*:([^:\n]*)[^\n]*/gi

/** Of OpenSSL the reason alone; in one line. */
const plainly = (message: string): string => message.replace(openSsl, "$2").replace(/\s+/g, " ").trim()

const said = (fault: NodeFault): string =>
  plainly(fault.message !== "" ? fault.message : (fault.errors ?? []).map((each) => each.message).join("; "))

/** Node's code; for EPROTO the one that Node makes of OpenSSL's words where it does so: ERR_SSL_WRONG_VERSION_NUMBER. */
const codeOf = ({ code = "", message }: NodeFault): string => {
  const [, library = "", reason = ""] = code === "EPROTO" ? Array.from(message.matchAll(openSsl))[0] ?? [] : []
  const words = `err ${library.replace(/ routines$/, "")} ${reason}`
  return reason === "" ? code : words.toUpperCase().replace(/[^A-Z0-9]+/g, "_")
}

/**
 * The same for a connection that was not yet a TLS connection: a Server that closes it has most likely not understood.
 */
export const translateHandshake = (server: string, fault: NodeFault, names: Names): SocketError => {
  const error = translate(server, fault, names)
  if (error.reason !== "Closed") return error
  const ended = "it closed the connection during the TLS handshake: perhaps it does not speak TLS at this port; "
    + `use its TLS port (by convention 8883, and 443 for wss://), or ${names.off}`
  return new SocketError({ reason: "Closed", message: `${server}: ${ended} (${said(fault)})` })
}

const brokenOff = "the Server, or something between here and the Server, broke the connection"

/** Why a Server may close a connection on which it has sent nothing. */
export const unheard = ({ on }: Names): string =>
  ` and had sent nothing before: it may require TLS at this port (${on}), it may not speak MQTT there, or it may take no `
  + "more connections"

/**
 * The port's error for what Node emitted or threw. `server` is `host:port`. `isUnheard`: the connection is open, and
 * nothing has come on it.
 */
export const translate = (server: string, fault: NodeFault, names: Names, isUnheard = false): SocketError => {
  const code = codeOf(fault)
  const reason = isTls(code) ? "Tls" : reasons[code] ?? "Unknown"
  const isBroken = code === "ECONNRESET" || code === "EPIPE" || code === "ECONNABORTED"
  const fix = adviceFor(names)[code] ?? (isBroken ? brokenOff + (isUnheard ? unheard(names) : "") : advice[reason])
  const words = said(fault) || code || "unknown fault"
  return new SocketError({ reason, message: `${server}: ${fix === "" ? words : `${fix} (${words})`}` })
}
