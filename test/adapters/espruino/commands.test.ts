/** A board on the interpreter that takes commands while it sleeps. */
import * as Effect from "effect/Effect"
import { describe, expect, it } from "vitest"
import * as BoardLab from "../../support/boardLab.ts"
import { type Configuration, configurations } from "../../support/configurations.ts"
import * as Espruino from "../../support/espruino.ts"

const configuration: Configuration = {
  name: "commands",
  file: {
    sensors: { simulated: { id: "air" } },
    mqtt: { topic_command: "/homecontrol/greenhouse/command" }
  }
}

type Result = Readonly<Record<string, unknown>>

const results = ({ messages }: BoardLab.Lab): ReadonlyArray<Result> =>
  messages.flatMap(([topic, payload]) => topic.endsWith("/command_result") ? [JSON.parse(payload) as Result] : [])

const readings = ({ messages }: BoardLab.Lab): number => messages.filter(([topic]) => topic.endsWith("/data")).length

/** A lab whose board has connected once, so that the Server keeps commands for it. */
const made = (configuration: Configuration) =>
  Effect.gen(function*() {
    const lab = yield* BoardLab.make(configuration)
    yield* Effect.promise(() => lab.server("up"))
    yield* Effect.promise(() => lab.retain({ version: 1 }))
    const figures: Array<string> = []
    const wake = Effect.promise(async () => {
      const lived = await lab.wake()
      expect(lived.deaths).toEqual([])
      expect(lived.report?.stack.needed).toBeLessThanOrEqual(14_700)
      figures.push(lived.report?.jsvars.peak + " variables, " + lived.report?.stack.needed + " bytes of stack")
      return lived
    })
    yield* wake
    yield* wake
    return { lab, wake, figures }
  })

describe.skipIf(Espruino.interpreter === "")("commands to a board, on Espruino" + Espruino.hint, () => {
  it("does each kind, and answers", () =>
    Effect.runPromise(Effect.scoped(Effect.gen(function*() {
      const { figures, lab, wake } = yield* made(configuration)
      const tell = (text: string, retain?: boolean) => Effect.promise(() => lab.tell(text, retain))
      yield* tell("read")
      yield* tell("{\"command\":\"report\",\"id\":\"\u6e29\u5ba4\"}")
      yield* tell("{\"command\":\"interval\",\"seconds\":1200,\"id\":1}")
      yield* tell("jump")
      yield* wake
      expect(results(lab)).toMatchObject([
        { device: "greenhouse", command: "read", status: "done" },
        { command: "report", id: "\u6e29\u5ba4", status: "done" },
        { command: "interval", id: "1", seconds: 1200, status: "done" },
        { command: "jump", status: "unknown" }
      ])
      expect(readings(lab)).toBe(4)
      expect(lab.messages.filter(([topic]) => topic.endsWith("/status")).length).toBe(1)
      expect((yield* wake).slept).toBeGreaterThan(1_190e6)
      yield* tell("{\"command\":\"interval\",\"seconds\":0,\"id\":1}")
      yield* wake
      expect(results(lab).at(-1)).toMatchObject({ command: "interval", id: "1", status: "repeated" })
      yield* tell("restart")
      expect((yield* wake).slept).toBeLessThan(2e6)
      yield* wake
      expect(results(lab).length).toBe(6)
      if (process.env["SHOW"]) console.log(figures.join("\n"))
    }))), 120_000)

  it("survives as many commands of any size as somebody sends",
    () =>
      Effect.runPromise(Effect.scoped(Effect.gen(function*() {
        const { figures, lab, wake } = yield* made(configuration)
        const texts = [
          ...Array.from({ length: 40 },
            (_, n) => JSON.stringify({ command: "send", id: n + "x".repeat(60), pad: "p".repeat(150) })),
          "y".repeat(256),
          "z".repeat(1_900),
          "z".repeat(20_000),
          "[".repeat(256)
        ]
        for (const text of texts) yield* Effect.promise(() => lab.tell(text))
        let wakes = 0
        for (; wakes < 20 && results(lab).length < texts.length; wakes++) yield* wake
        expect(results(lab).length).toBe(texts.length)
        expect(readings(lab)).toBe(2 + wakes)
        if (process.env["SHOW"]) console.log(wakes + "\n" + figures.join("\n"))
      }))), 240_000)

  it("survives them where a configuration leaves little memory",
    () =>
      Effect.runPromise(Effect.scoped(Effect.gen(function*() {
        const { mqtt, ...file } = configurations.find(({ name }) => name === "everything at once")?.file ?? {}
        const { lab, wake } = yield* made({
          name: "all",
          file: { ...file, mqtt: { ...mqtt, topic_command: "/homecontrol/greenhouse/command" } }
        })
        for (let n = 0; n < 25; n++) yield* Effect.promise(() => lab.tell("z".repeat(1_900)))
        for (const text of ["read", "send", "interval 900"]) yield* Effect.promise(() => lab.tell(text))
        for (let wakes = 0; wakes < 12; wakes++) {
          const { events } = yield* wake
          const tags = events.map(({ _tag }) => _tag)
          expect(tags.includes("Trying")).toBe(tags.includes("Delivered"))
        }
        expect(results(lab).slice(-3).map(({ command, status }) => [command, status])).toEqual([
          ["read", "done"],
          ["send", "done"],
          ["interval", "done"]
        ])
      }))), 240_000)

  it("stays awake as long as it is told, measures and obeys meanwhile",
    () =>
      Effect.runPromise(Effect.scoped(Effect.gen(function*() {
        const { lab } = yield* made({ ...configuration, file: { ...configuration.file, update_interval: 20 } })
        yield* Effect.promise(() => lab.tell("stay_awake 50"))
        const lived = yield* Effect.promise(() =>
          lab.stay(4, ({ _tag }) => void (_tag === "Staying" && setTimeout(() => void lab.tell("read"), 2_000)))
        )
        if (process.env["SHOW"]) console.log(JSON.stringify(lived.events), lived.report)
        expect(lived.deaths).toEqual([])
        expect(results(lab).map(({ command }) => command)).toEqual(["stay_awake", "read"])
        expect(lived.events.filter(({ _tag }) => _tag === "Measured").length).toBe(4)
        expect(lived.report?.stack.needed).toBeLessThanOrEqual(14_700)
      }))), 120_000)
})
