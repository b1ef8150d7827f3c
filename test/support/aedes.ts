/** The embedded broker, Aedes, over real TCP and TLS, and over WebSocket at /mqtt. Sessions and retained messages live as long as it does. */
import { Aedes, type AuthenticateError } from "aedes"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type { Endpoint } from "../../src/ports/Socket.ts"
import type { Broker, BrokerOptions } from "./broker.ts"
import * as certificates from "./certificates.ts"
import * as TcpServer from "./tcpServer.ts"
import * as WebSocketServer from "./webSocketServer.ts"

/** Connect Return code 4: Bad user name or password. */
const badUser = Object.assign(new Error("bad user name or password"), { returnCode: 4 }) as AuthenticateError

const create = (user: BrokerOptions["user"]): Promise<Aedes> =>
  Aedes.createBroker({
    authenticate: (_, username, password, done) => {
      const welcome = user === undefined || (username === user.username && password?.toString() === user.password)
      if (welcome) done(null, true)
      else done(badUser, null)
    }
  })

export interface AedesBroker extends Broker {
  readonly aedes: Aedes
  readonly ws: Endpoint
  readonly wss: Endpoint & { readonly tls: { readonly ca: string } }
}

/** As `MakeBroker`, and `aedes` itself for tests that look inside. */
export const make = (
  options: BrokerOptions = {}
): Effect.Effect<AedesBroker, never, Scope.Scope> =>
  Effect.gen(function*() {
    const aedes = yield* Effect.acquireRelease(
      Effect.promise(() => create(options.user)),
      (broker) => Effect.promise(() => new Promise<void>((resolve) => broker.close(resolve)))
    )
    const identity = options.identity ?? certificates.server
    const needed = options.clientCertificate === true
    const plain = yield* TcpServer.make(aedes.handle, { port: options.port })
    const secure = yield* TcpServer.make(aedes.handle, {
      tls: { ...identity, ca: certificates.ca, requestCert: needed, rejectUnauthorized: needed }
    })
    const webSocket = yield* WebSocketServer.before((stream) => aedes.handle(stream))
    const secureWebSocket = yield* WebSocketServer.before((stream) => aedes.handle(stream), { tls: identity })
    return {
      aedes,
      ws: webSocket.endpoint,
      wss: { ...secureWebSocket.endpoint, tls: { ca: certificates.ca } },
      tcp: plain.endpoint,
      tls: { ...secure.endpoint, tls: { ca: certificates.ca } }
    }
  })
