/**
 * Texts from all of Unicode on Espruino itself: what it says and what it makes of updates is what Node says and makes.
 */
import * as Effect from "effect/Effect"
import * as path from "node:path"
import { describe, expect, it } from "vitest"
import * as Directory from "../../support/directory.ts"
import * as Espruino from "../../support/espruino.ts"
import * as ScriptedServer from "../../support/scriptedServer.ts"
import { configOf, file, live } from "../../support/unicodeLife.ts"
import { run, wake } from "./wakes.ts"

/** More variables than a board has: updates that are as long as texts can be are another test's (configurations). */
const roomy = { ESPRUINO_VARS: "6000" }

describe.skipIf(Espruino.interpreter === "")("the device on Espruino" + Espruino.hint, () => {
  it("says and takes texts as Node does, in all of Unicode", { timeout: 120_000 }, () =>
    run(Effect.gen(function*() {
      const server = yield* ScriptedServer.make
      const config = configOf(file("127.0.0.1", server.endpoint.port, 3))
      const image = path.join(yield* Directory.temporary, "espruino.flash")
      const files = yield* Effect.promise(() => Espruino.device(config).then(Espruino.tokenised))
      Espruino.writeFlash(image, files)
      yield* live(server, config, wake(image, roomy))
      expect(Object.keys(Espruino.readFlash(image))).toContain(".bootcde")
    })))
})
