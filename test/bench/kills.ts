/**
 * Kills `dormouse run` again and again, and the Mosquitto beside it, and says what became of its readings: run by
 * `npm run kills`. A reading that lay on the disk arrives, in order, and twice only with DUP 1.
 */
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import { fileURLToPath } from "node:url"
import { Refusal } from "../../src/programs/dormouse/Refusal.ts"
import { run } from "../../src/programs/dormouse/runCommand.ts"
import * as Progress from "../../src/programs/dormouse/terminal/Progress.ts"
import * as Shared from "../../src/programs/dormouse/SharedOptions.ts"
import * as Kills from "../support/kills.ts"
import * as Mosquitto from "../support/mosquitto.ts"

const flags = {
  kills: Shared.whole("kills", "How often the device is killed (500)", 1).pipe(Flag.withDefault(500)),
  serverKills: Shared.whole("server-kills", "How often the Server is (50)", 0).pipe(Flag.withDefault(50)),
  seed: Shared.seed("Fixes when they are killed").pipe(Flag.withDefault("1"))
}

const few = 3

const killed = async ({ kills, seed, serverKills }: Command.Command.Config.Infer<typeof flags>): Promise<string> => {
  const progress = Progress.make()
  const found = await Kills.run({
    program: fileURLToPath(new URL("../../bin/dormouse.js", import.meta.url)),
    startServer: Mosquitto.killable(),
    kills,
    serverKills,
    seed,
    say: (done) => progress.say(() => `${done} of ${kills} kills`)
  })
  progress.clear()
  const list = (keys: ReadonlyArray<string>) => keys.length + keys.slice(0, few).map((key) => `\n  ${key}`).join("")
  return `${kills} kills of the device, ${serverKills} of the Server: ${found.sent} readings sent, ${found.stored} lay on the disk at a kill, ${found.most} at most
never acknowledged ${list(found.lost)}
sent again without DUP ${list(found.twice)}
sent after a later one ${list(found.late)}
sent again ${found.repeated}, all others once`
}

const command = Command.make("kills", flags, (given) =>
  Effect.gen(function*() {
    if (Mosquitto.executable === undefined) return yield* new Refusal({ message: "Mosquitto is not installed" })
    yield* Console.log(yield* Effect.promise(() => killed(given)))
  }).pipe(Effect.tapErrorTag("Refusal", ({ message }) => Console.error(message)))).pipe(
    Command.withDescription(
      "Kills a running device and its Server again and again, and says what became of its readings."
    )
  )

run(command)
