/** The tables of docs/sensors.md. Print them with `npx tsx test/support/sensorTables.ts`. */
import { pathToFileURL } from "node:url"
import type { Bus, DriverRow } from "../../src/domain/config/DriverRow.ts"
import { drivers, isOwn } from "../../src/domain/config/drivers.ts"
import { quantities } from "../../src/domain/config/quantities.ts"

const wires: Readonly<Record<Bus, string>> = {
  none: "",
  pin: "one pin",
  adc: "an analog pin",
  i2c: "I2C",
  onewire: "OneWire",
  spi: "SPI"
}

const seconds = (milliseconds: number): string => milliseconds / 1000 + " s"

const rowOf = ([name, row]: readonly [name: string, row: DriverRow]): string => {
  const gives = row.gives.map((key) => "`" + key + "`").join(", ")
  const also = row.also === undefined ? "" : "; " + row.also.map((key) => "`" + key + "`").join(", ") + " if named"
  const named = row.isNamed === true ? ", or the quantity that you name" : ""
  const module = row.module === undefined ? "-" : row.module
  return `| \`${name}\` | ${row.title} | ${wires[row.bus]} | ${gives}${also}${named} | ${module} | ${
    seconds(row.time[0])
  } |`
}

export const driverTable = [
  "| driver | sensor | wires | gives | Espruino's module | takes |",
  "|---|---|---|---|---|---|",
  ...Object.entries(drivers).filter(([name]) => !isOwn(name) && name !== "simulated").map(rowOf)
].join("\n")

export const quantityTable = [
  "| quantity | unit | Home Assistant's device class |",
  "|---|---|---|",
  ...Object.entries(quantities).map(([key, { deviceClass = "-", isBinary, isTotal, unit }]) =>
    `| \`${key}\` | ${isBinary === true ? "1 or 0" : isTotal === true ? "a count" : unit} | ${deviceClass}${
      isBinary === true ? " (on or off)" : ""
    } |`
  )
].join("\n")

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) console.log(driverTable + "\n\n" + quantityTable)
