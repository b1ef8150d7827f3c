/** Runs a test that uses the Client over real sockets, in silence. */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import type * as Scope from "effect/Scope"
import * as NodeSocket from "../../src/adapters/node/Socket.ts"
import type { Socket } from "../../src/ports/Socket.ts"

export const run = <A, E>(effect: Effect.Effect<A, E, Socket | Scope.Scope>): Promise<A> =>
  Effect.runPromise(Effect.scoped(effect).pipe(Effect.provide(Layer.merge(NodeSocket.layer, Logger.layer([])))))
