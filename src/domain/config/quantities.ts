/**
 * The quantities that are known by name: what Home Assistant makes of each, its usual unit, and between which values a
 * made-up one moves. A file may name others. Not part of a board's program.
 */

export interface KnownQuantity {
  /** For people. */
  readonly name: string
  /** Empty: none. */
  readonly unit: string
  /** Of Home Assistant; undefined: it has none. */
  readonly deviceClass?: string
  /** 1 or 0, which Home Assistant shows as on or off. */
  readonly isBinary?: true
  /** A count, which never falls but when it starts anew. */
  readonly isTotal?: true
  /** Made-up values move between these. */
  readonly low: number
  readonly high: number
}

const row = (
  name: string,
  unit: string,
  deviceClass: string | undefined,
  low: number,
  high: number
): KnownQuantity => ({
  name,
  unit,
  ...(deviceClass === undefined ? {} : { deviceClass }),
  low,
  high
})

const binary = (name: string, deviceClass?: string): KnownQuantity => ({
  ...row(name, "", deviceClass, 0, 1),
  isBinary: true
})

export const quantities: Readonly<Record<string, KnownQuantity>> = {
  temperature: row("Temperature", "\u00b0C", "temperature", 16, 24),
  humidity: row("Humidity", "%", "humidity", 40, 64),
  pressure: row("Pressure", "hPa", "atmospheric_pressure", 995, 1025),
  object_temperature: row("Object temperature", "\u00b0C", "temperature", 15, 30),
  gas: row("Gas resistance", "k\u03a9", undefined, 20, 200),
  co2: row("Carbon dioxide", "ppm", "carbon_dioxide", 420, 1_200),
  voc: row("Volatile compounds", "ppb", "volatile_organic_compounds_parts", 20, 400),
  pm2_5: row("PM2.5", "\u00b5g/m\u00b3", "pm25", 2, 30),
  illuminance: row("Illuminance", "lx", "illuminance", 0, 800),
  moisture: row("Moisture", "%", "moisture", 20, 60),
  distance: row("Distance", "cm", "distance", 40, 90),
  voltage: row("Voltage", "V", "voltage", 3.4, 4.1),
  current: row("Current", "A", "current", 0.1, 0.6),
  power: row("Power", "W", "power", 0.5, 3),
  weight: row("Weight", "kg", "weight", 2, 5),
  battery: row("Battery", "%", "battery", 40, 100),
  level: row("Level", "%", undefined, 10, 90),
  count: { ...row("Count", "", undefined, 0, Infinity), isTotal: true },
  open: binary("Open", "opening"),
  pressed: binary("Pressed")
}
