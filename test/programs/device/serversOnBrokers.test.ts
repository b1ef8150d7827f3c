/** A device with two Servers on Node: two Aedes over real sockets, of which each goes and comes. */
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Scope from "effect/Scope"
import { expect, it } from "vitest"
import { snapshotName } from "../../../src/programs/device/files.ts"
import * as DeviceState from "../../../src/domain/state/DeviceState.ts"
import { goodConnections } from "../../../src/domain/wake/Servers.ts"
import * as NodeStorage from "../../../src/adapters/node/Storage.ts"
import { Storage } from "../../../src/ports/Storage.ts"
import * as Result from "effect/Result"
import * as Aedes from "../../support/aedes.ts"
import * as Directory from "../../support/directory.ts"
import * as Observer from "../../support/observer.ts"
import { deviceConfig, find, live, run } from "./support.ts"

it("a device delivers to the second Server while the first is away, and goes back when it is there again", () =>
  run(Effect.gen(function*() {
    const first = yield* Scope.make()
    const one = (yield* Effect.provideService(Aedes.make(), Scope.Scope, first)).tcp
    const two = (yield* Aedes.make()).tcp
    const [atOne, atTwo] = [yield* Observer.make(one), yield* Observer.make(two)]
    const directory = yield* Directory.temporary
    const config = deviceConfig({
      mqtt: { broker: [`${one.host}:${one.port}`, `${two.host}:${two.port}`], topic_command: "home/command" }
    })
    const tried = (events: ReadonlyArray<{ readonly _tag: string }>) =>
      events.flatMap((event) => "server" in event ? [Number(String(event.server).split(":").at(-1))] : [])

    expect(tried(yield* live(config, directory))).toEqual([one.port])
    yield* atOne.message("home/data/s1/data")

    // Killed: nobody listens there, and its Session is gone.
    yield* Scope.close(first, Exit.void)
    const failing = yield* live(config, directory)
    expect(tried(failing)).toEqual([one.port, two.port])
    expect(find(failing, "Delivered")).toEqual({ _tag: "Delivered", count: 1, pending: 0 })
    expect(find(failing, "Connected")?.sessionPresent).toBe(false)
    yield* atTwo.message("home/data/s1/data")

    // The next wakes do not ask the first, though it is there; after so many of them one does.
    yield* Aedes.make({ port: one.port })
    const staying = yield* live(config, directory)
    expect(tried(staying)).toEqual([two.port])
    expect(find(staying, "Connected")?.sessionPresent).toBe(true)
    yield* Effect.gen(function*() {
      const storage = yield* Storage
      const bytes = Result.getOrThrow(storage.read(snapshotName)) ?? new Uint8Array()
      const state = Result.getOrThrow(DeviceState.decode(bytes))
      expect(state.servers).toEqual([1, 2])
      Result.getOrThrow(
        storage.write(snapshotName, DeviceState.encode({ ...state, servers: [1, goodConnections] }))
      )
    }).pipe(Effect.provide(NodeStorage.layer(directory)))
    const back = yield* live(config, directory, 2)
    expect(tried(back)).toEqual([one.port, one.port])
    expect(back.filter(({ _tag }) => _tag === "TryFailed")).toEqual([])
  })))
