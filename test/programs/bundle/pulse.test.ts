/** The code that a bundle makes of a pulse counter, on node:vm. */
import * as Result from "effect/Result"
import * as vm from "node:vm"
import { expect, it } from "vitest"
import * as DeviceConfig from "../../../src/domain/config/DeviceConfig.ts"
import { driverCode } from "../../../src/programs/bundle/driverCode.ts"

/** A board's pins, and the readings of these counters. */
const board = (sensors: object) => {
  const { config } = Result.getOrThrow(DeviceConfig.check({ deep_sleep: false, sensors }))
  const watches = new Map<number, { readonly pulse: () => void; readonly options: object }>()
  const modes: Array<readonly [pin: number, mode: string]> = []
  const context = vm.createContext({
    pinMode: (pin: number, mode: string) => void modes.push([pin, mode]),
    setWatch: (pulse: () => void, pin: number, options: object) => {
      expect(watches.has(pin)).toBe(false)
      watches.set(pin, { pulse, options })
    }
  })
  const code = driverCode(config).replace("export const reads", "globalThis.reads")
  vm.runInContext(code, context)
  const read = (key: string, pin: number): unknown => {
    const found: Array<unknown> = []
    const { reads } = context as {
      readonly reads: (
        key: string
      ) => (pin: number, answer: (got: unknown) => void, guarded: (attempt: () => void) => void) => void
    }
    reads(key)(pin, (got) => found.push(got), (attempt) => attempt())
    expect(found).toHaveLength(1)
    return found[0]
  }
  const pulse = (pin: number, times: number) => {
    for (let count = 0; count < times; count++) watches.get(pin)?.pulse()
  }
  return { modes, read, pulse, watches }
}

it("watches its pin from the first reading on, and gives all pulses since", () => {
  const { modes, pulse, read, watches } = board({
    pulse: { pin: 27 },
    meter: { driver: "pulse", pin: 26, quantities: { energy: {} } }
  })
  expect(read("pulse", 27)).toEqual({ count: 0 })
  pulse(27, 3)
  expect(read("meter", 26)).toEqual({ energy: 0 })
  pulse(26, 1)
  expect([read("pulse", 27), read("meter", 26)]).toEqual([{ count: 3 }, { energy: 1 }])
  pulse(27, 2)
  expect(read("pulse", 27)).toEqual({ count: 5 })
  expect(modes).toEqual([[27, "input_pullup"], [26, "input_pullup"]])
  expect(watches.get(27)?.options).toEqual({ repeat: true, edge: "falling", debounce: 5 })
})
