import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import { expect, it } from "vitest"
import * as ClientPacket from "../../../src/domain/packet/ClientPacket.ts"
import * as Pingreq from "../../../src/domain/packet/Pingreq.ts"
import type { Connection } from "../../../src/ports/Socket.ts"
import * as Outgoing from "../../../src/programs/client/Outgoing.ts"
import { fork } from "../../support/clientPair.ts"

it("gives others a turn between two writes, however much is said as soon as the network has taken the last", () =>
  Effect.runPromise(Effect.gen(function*() {
    const outgoing = Outgoing.make(ClientPacket.append as never)
    const enough = yield* Deferred.make<void>()
    let writes = 0
    let writesAtTurn = Infinity
    const takesAll: Connection = {
      write: () =>
        Effect.sync(() => {
          writes++
        }),
      pull: Effect.never,
      close: Effect.void
    }
    const goOn = () => {
      if (writes === 1) {
        setImmediate(() => {
          writesAtTurn = writes
        })
      }
      if (writes === 100) return Deferred.doneUnsafe(enough, Effect.void)
      Outgoing.push(outgoing, Pingreq.value)
      Outgoing.onWritten(outgoing, goOn)
    }
    yield* fork(Outgoing.drain(outgoing, takesAll))
    goOn()
    yield* Deferred.await(enough)
    expect(writesAtTurn).toBeLessThan(10)
  })))
