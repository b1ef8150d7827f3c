/** `dormouse collect --report`: pictures of what is in the file, without any Server. */
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Files from "../dormouse/Output.ts"
import { Refusal } from "../dormouse/Refusal.ts"
import * as Format from "../dormouse/terminal/Format.ts"
import { reportKind } from "../report/kind.ts"
import type { Given } from "./Options.ts"

const refuse = (message: string) => new Refusal({ message })

/** Options that are for collecting. */
const misplaced = ({ broker, format, share }: Given): string | undefined =>
  Option.isSome(broker) ? "--broker" : Option.isSome(format) ? "--format" : Option.isSome(share) ? "--share" : undefined

export const draw = (given: Given, report: string) =>
  Effect.gen(function*() {
    const wrong = misplaced(given)
    if (wrong !== undefined) {
      return yield* refuse(
        `${wrong} cannot be used with --report: that draws what --out has stored, and collects nothing`
      )
    }
    if (Option.isNone(given.out)) {
      return yield* refuse("--report draws what is in a file: give it with --out readings.db")
    }
    const file = given.out.value
    const fault = yield* Files.fault(reportKind, report, [file])
    if (fault !== undefined) return yield* refuse(fault)
    const { open } = yield* Effect.promise(() => import("./stored/Stored.ts"))
    const { fleetIn } = yield* Effect.promise(() => import("./stored/fleet.ts"))
    const wanted = new Set(given.device)
    const db = yield* open("--out", file)
    const fleet = yield* Effect.sync(() => fleetIn(db, (device) => wanted.size === 0 || wanted.has(device)))
    if (fleet === undefined) {
      return yield* refuse(
        `--out ${file} has nothing ${
          wanted.size === 0 ? "yet" : "of " + [...wanted].join(", ")
        }: there is nothing to draw`
      )
    }
    const { render } = yield* Effect.promise(() => import("../report/observedPage.ts"))
    const html = render(fleet, file)
    yield* Effect.mapError(Files.write(reportKind.option, report, html), refuse)
    yield* Console.log(
      `${report}: the report of ${Format.plural(fleet.devices.length, "device")}, ${
        Format.amount(html.length / 1_024)
      } kB; open it in a browser`
    )
  }).pipe(Effect.scoped)
