/**
 * Node's network errors in the words of the Socket port.
 *
 * The code decides the reason, and what to correct. For TLS the message also says where: in the configuration file,
 * with its key, or in the Server's certificate.
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
  Unknown: ""
}

const unknownAuthority =
  "its certificate comes from an authority that is not trusted here: set ssl_ca to the PEM of that authority"
const clientCertificate = "it wants a client certificate that it trusts: set ssl_cert and ssl_key"
const noTls = "it does not speak TLS at this port: use its TLS port (8883 by convention), or set ssl to false"
const noPem = "ssl_ca, ssl_cert or ssl_key is not a PEM text that can be read"

/** What to correct, by the code of OpenSSL or Node. */
const tlsAdvice: Readonly<Record<string, string>> = {
  SELF_SIGNED_CERT_IN_CHAIN: unknownAuthority,
  DEPTH_ZERO_SELF_SIGNED_CERT: unknownAuthority,
  UNABLE_TO_GET_ISSUER_CERT: unknownAuthority,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: unknownAuthority,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: unknownAuthority,
  CERT_UNTRUSTED: unknownAuthority,
  CERT_SIGNATURE_FAILURE:
    "its certificate was not signed by the authority of ssl_ca, though that has the same name: set ssl_ca to the right one",
  CERT_HAS_EXPIRED: "its certificate has expired: renew it at the Server (or set the clock of this machine)",
  CERT_NOT_YET_VALID:
    "its certificate is not valid yet: set the clock of this machine (or of the one that made the certificate)",
  ERR_TLS_CERT_ALTNAME_INVALID:
    "its certificate is for another name: set broker to a name in the certificate, or have the name added to it",
  ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED: clientCertificate,
  ERR_SSL_TLSV1_ALERT_UNKNOWN_CA: clientCertificate,
  ERR_SSL_SSLV3_ALERT_BAD_CERTIFICATE: clientCertificate,
  ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE: "it ended the TLS handshake: " + clientCertificate +
    ", or it shares no cipher with us",
  ERR_SSL_TLSV1_ALERT_NO_APPLICATION_PROTOCOL: "it speaks none of the protocols offered by ALPN at this port",
  ERR_SSL_WRONG_VERSION_NUMBER: noTls,
  ERR_SSL_PACKET_LENGTH_TOO_LONG: noTls,
  ERR_OSSL_PEM_NO_START_LINE: noPem,
  ERR_OSSL_PEM_BAD_BASE64_DECODE: noPem,
  ERR_OSSL_UNSUPPORTED: noPem,
  ERR_OSSL_X509_KEY_VALUES_MISMATCH: "ssl_key does not belong to ssl_cert"
}

const tlsCodes = ["ERR_SSL_", "ERR_TLS_", "ERR_OSSL_", "EPROTO", "CERT_", "UNABLE_TO_", "INVALID_"]

const isTls = (code: string): boolean =>
  tlsAdvice[code] !== undefined || tlsCodes.some((start) => code.startsWith(start))

const said = (fault: NodeFault): string =>
  fault.message !== "" ? fault.message : (fault.errors ?? []).map((each) => each.message).join("; ")

const handshakeEnded =
  "it closed the connection during the TLS handshake: perhaps it does not speak TLS at this port; use its TLS port "
  + "(8883 by convention), or set ssl to false"

/**
 * The same for a connection that was not yet a TLS connection: a Server that closes it has most likely not understood.
 */
export const translateHandshake = (server: string, fault: NodeFault): SocketError => {
  const error = translate(server, fault)
  return error.reason === "Closed"
    ? new SocketError({ reason: "Closed", message: `${server}: ${handshakeEnded} (${said(fault)})` }) : error
}

const brokenOff = "the Server, or something between here and the Server, broke the connection"

/** Why a Server may close a connection on which it has sent nothing. */
export const unheard =
  " and had sent nothing before: it may require TLS at this port (set ssl to true), or it may not speak MQTT there"

/**
 * The port's error for what Node emitted or threw. `server` is `host:port`. `isUnheard`: the connection is open, and
 * nothing has come on it.
 */
export const translate = (server: string, fault: NodeFault, isUnheard = false): SocketError => {
  const code = fault.code ?? ""
  const reason = isTls(code) ? "Tls" : reasons[code] ?? "Unknown"
  const isBroken = code === "ECONNRESET" || code === "EPIPE" || code === "ECONNABORTED"
  const fix = tlsAdvice[code] ?? (isBroken ? brokenOff + (isUnheard ? unheard : "") : advice[reason])
  const words = said(fault) || code || "unknown fault"
  return new SocketError({ reason, message: `${server}: ${fix === "" ? words : `${fix} (${words})`}` })
}
