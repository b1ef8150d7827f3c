/** What a board stores of an update, beside what is flashed, is the update. */
import * as fc from "fast-check"
import * as Result from "effect/Result"
import { describe, expect, it } from "vitest"
import { changesOf, fullConfig } from "../../../src/adapters/espruino/twins/fullConfig.ts"
import * as ConfigReview from "../../../src/domain/config/ConfigReview.ts"
import * as DeviceConfig from "../../../src/domain/config/DeviceConfig.ts"
import { effectiveConfig } from "../../../src/domain/config/effectiveConfig.ts"
import { residentConfig } from "../../../src/programs/bundle/residentConfig.ts"
import { sparedBy } from "../../../src/programs/bundle/sparedBy.ts"
import { validDocument } from "../../domain/config/deviceDocument.ts"

/** A board with an address, to which no credentials were flashed. */
const board = { getSerial: () => "a0b1c2d3e4f5", require: () => ({ read: () => undefined }) }

/** As the bundler does. */
const flash = (config: DeviceConfig.DeviceConfig) => void Object.assign(globalThis, board, { deviceConfig: config })

const throughFlash = (value: object) => JSON.parse(JSON.stringify(value)) as DeviceConfig.DeviceConfig

const update = fc.record({ file: validDocument, change: validDocument })

/** The configuration flashed, and what an update makes of it; undefined where one of them does not hold. */
const laid = ({ change, file }: { readonly file: object; readonly change: object }) => {
  const flashed = DeviceConfig.check({ ...file, version: 1 })
  if (Result.isFailure(flashed)) return undefined
  const { config } = flashed.success
  const updated = DeviceConfig.check(ConfigReview.merge(ConfigReview.toDocument(config), { ...change, version: 2 }))
  return Result.isFailure(updated) ? undefined : { flashed: config, updated: updated.success.config }
}

/** A board refuses an update that asks for what its program was made without. */
const lacksSomething = (flashed: DeviceConfig.DeviceConfig, updated: DeviceConfig.DeviceConfig): boolean => {
  const [has, needs] = [sparedBy(flashed), sparedBy(updated)]
  return (["sends", "publishes", "silent", "untimed"] as const).some((part) => has[part] && !needs[part])
}

describe("what a board stores of an update", () => {
  it("gives back the whole update, and all of it that a wake reads", () => {
    let held = 0
    fc.assert(fc.property(update, (given) => {
      const both = laid(given)
      if (both === undefined) return
      const { flashed, updated } = both
      if (lacksSomething(flashed, updated)) return
      flash(flashed)
      const config = effectiveConfig(throughFlash(JSON.parse(residentConfig(JSON.stringify(flashed))) as object),
        throughFlash(changesOf(updated)))
      expect(throughFlash(fullConfig(config))).toEqual(throughFlash(updated))
      const { mqtt: account, sensors, ...read } = JSON.parse(
        residentConfig(JSON.stringify(updated))
      ) as DeviceConfig.DeviceConfig
      expect(config).toMatchObject(read)
      expect(config.mqtt).toMatchObject(account)
      expect(config.sensors).toMatchObject(sensors)
      held++
    }), { numRuns: 500 })
    expect(held).toBeGreaterThan(100)
  })

  it("is no more than what the update changes", () => {
    const file = {
      version: 1,
      network: { ssid: "home" },
      sensors: { simulated: {} },
      mqtt: { enabled: true, broker: "broker", keepalive: 30 }
    }
    const { flashed, updated } = laid({
      file,
      change: { device_name: "Shed", mqtt: { keepalive: 90 } }
    }) as NonNullable<ReturnType<typeof laid>>
    flash(flashed)
    expect(changesOf(updated)).toEqual({ version: 2, deviceName: "Shed", mqtt: { keepAlive: 90 } })
  })

  it("has the certificates of a connection that the program has none for, changed or not", () => {
    const certificate = "-----BEGIN CERTIFICATE-----"
    const file = {
      version: 1,
      network: { ssid: "home" },
      sensors: { simulated: {} },
      mqtt: { enabled: true, broker: "broker", ssl_ca: certificate }
    }
    const { flashed, updated } = laid({ file, change: { mqtt: { ssl: true } } }) as NonNullable<ReturnType<typeof laid>>
    flash(flashed)
    expect(changesOf(updated)).toEqual({
      version: 2,
      mqtt: { ssl: true, port: 8883, sslCa: certificate, sslCert: "", sslKey: "" }
    })
  })
})
