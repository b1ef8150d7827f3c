/**
 * What Home Assistant takes as a discovery message of a device, in our own words: its keys, and which units and state
 * classes go with a device class. The keys are those of its documentation (MQTT discovery, MQTT sensor, MQTT binary
 * sensor, MQTT button) and of its schemas in version 2024.12, the first with device-based discovery. The device classes are those of
 * components/sensor/const.py in home-assistant/core at commit 00eb668, of 2025. What later versions have renamed
 * (object_id, now default_entity_id) is in no list.
 */

/** The version that the keys are of. */
export const version = "2024.12"

const deviceKeys = ["identifiers", "connections", "manufacturer", "model", "model_id", "name", "hw_version",
  "serial_number", "sw_version", "via_device", "suggested_area", "configuration_url"]

const originKeys = ["name", "sw_version", "support_url"]

const entityKeys = ["platform", "availability", "availability_mode", "availability_template", "availability_topic",
  "device_class", "enabled_by_default", "encoding", "entity_category", "expire_after", "force_update", "icon",
  "json_attributes_template", "json_attributes_topic", "name", "payload_available", "payload_not_available", "qos",
  "state_topic", "unique_id", "value_template"]

const platformKeys: Readonly<Record<string, ReadonlyArray<string>>> = {
  sensor: [...entityKeys, "last_reset_value_template", "options", "state_class", "suggested_display_precision",
    "unit_of_measurement"],
  binary_sensor: [...entityKeys, "off_delay", "payload_off", "payload_on"],
  button: ["platform", "availability", "availability_mode", "availability_template", "availability_topic",
    "command_template", "command_topic", "device_class", "enabled_by_default", "encoding", "entity_category", "icon",
    "json_attributes_template", "json_attributes_topic", "name", "payload_available", "payload_not_available",
    "payload_press", "qos", "retain", "unique_id"]
}

const buttonClasses = ["identify", "restart", "update"]

const stateClasses = ["measurement", "total", "total_increasing"]

/** Micro has two code points, and Home Assistant takes both for the same. */
const sameMicro = (unit: string | undefined): string | undefined => unit?.replaceAll("\u03bc", "\u00b5")

const pressures = ["mbar", "cbar", "bar", "Pa", "hPa", "kPa", "inHg", "psi", "mmHg"]

interface DeviceClass {
  /** Undefined stands for no unit. */
  readonly units: ReadonlyArray<string | undefined>
  readonly states: ReadonlyArray<string>
}

const measured = (...units: ReadonlyArray<string | undefined>): DeviceClass => ({ units, states: ["measurement"] })

/** Those that a sensor of a device may have; a class that is not here needs a row. */
export const sensorClasses: Readonly<Record<string, DeviceClass>> = {
  atmospheric_pressure: measured(...pressures),
  battery: measured("%"),
  carbon_dioxide: measured("ppm"),
  carbon_monoxide: measured("ppm"),
  current: measured("A", "mA"),
  energy: { units: ["J", "kJ", "MJ", "GJ", "Wh", "kWh", "MWh", "GWh"], states: ["total", "total_increasing"] },
  timestamp: { units: [undefined], states: [] },
  water: { units: ["m\u00b3", "L", "ft\u00b3", "CCF", "gal"], states: ["total", "total_increasing"] },
  distance: { units: ["km", "m", "cm", "mm", "mi", "yd", "ft", "in"], states: stateClasses },
  duration: { units: ["d", "h", "min", "s", "ms"], states: stateClasses },
  humidity: measured("%"),
  illuminance: measured("lx"),
  moisture: measured("%"),
  pm25: measured("\u00b5g/m\u00b3"),
  power: measured("W", "kW", "MW", "GW", "TW"),
  pressure: measured(...pressures),
  temperature: measured("\u00b0C", "\u00b0F", "K"),
  volatile_organic_compounds_parts: measured("ppm", "ppb"),
  voltage: measured("V", "mV", "\u00b5V", "kV", "MV"),
  weight: { units: ["kg", "g", "mg", "\u00b5g", "oz", "lb", "st"], states: stateClasses }
}

const binaryClasses = ["battery", "battery_charging", "carbon_monoxide", "cold", "connectivity", "door", "garage_door",
  "gas", "heat", "light", "lock", "moisture", "motion", "moving", "occupancy", "opening", "plug", "power", "presence",
  "problem", "running", "safety", "smoke", "sound", "tamper", "update", "vibration", "window"]

type Table = Readonly<Record<string, unknown>>

const unknownKeys = (where: string, table: Table, known: ReadonlyArray<string>): ReadonlyArray<string> =>
  Object.keys(table).filter((key) => !known.includes(key)).map((key) => `${where} has ${key}, which is no key`)

const isText = (value: unknown): value is string => typeof value === "string" && value !== ""

const classFaults = (where: string, component: Table): ReadonlyArray<string> => {
  const { device_class: name, state_class: state, unit_of_measurement: unit } = component
  const faults: Array<string> = []
  if (state !== undefined && !stateClasses.includes(state as string)) {
    faults.push(`${where}: no state class: ${String(state)}`)
  }
  if (name === undefined) return faults
  const known = Object.hasOwn(sensorClasses, name as string) ? sensorClasses[name as string] : undefined
  if (known === undefined) return [...faults, `${where}: no device class: ${String(name)}`]
  const units = known.units.map(sameMicro)
  if (!units.includes(sameMicro(unit as string | undefined))) {
    faults.push(`${where}: ${String(name)} in ${String(unit)}`)
  }
  if (state !== undefined && !known.states.includes(state as string)) {
    faults.push(`${where}: ${String(name)} is ${String(state)}`)
  }
  return faults
}

const binaryFaults = (
  where: string,
  { device_class: name, payload_off: off, payload_on: on }: Table
): ReadonlyArray<string> => [
  ...(name === undefined || binaryClasses.includes(name as string) ? []
    : [`${where}: no device class: ${String(name)}`]),
  ...(isText(on) && isText(off) && on !== off ? [] : [`${where}: payload_on and payload_off`])
]

const buttonFaults = (
  id: string,
  { device_class: name, entity_category: category, payload_press: press }: Table
): ReadonlyArray<string> => [
  ...(name === undefined || buttonClasses.includes(name as string) ? [] : [`${id}: no device class: ${String(name)}`]),
  ...(category === undefined || category === "config" || category === "diagnostic" ? []
    : [`${id}: entity_category ${String(category)}`]),
  ...(isText(press) ? [] : [`${id}: payload_press`])
]

const componentFaults = (id: string, component: Table): ReadonlyArray<string> => {
  const platform = component["platform"] as string
  const known = platformKeys[platform]
  if (known === undefined) return [`${id}: no platform: ${platform}`]
  const faults = [...unknownKeys(id, component, known)]
  const topic = platform === "button" ? "command_topic" : "state_topic"
  for (const key of ["unique_id", "name", topic]) if (!isText(component[key])) faults.push(`${id}: no ${key}`)
  if (/[+#\0]/.test(String(component[topic]))) faults.push(`${id}: a ${topic} with wildcards`)
  if (![0, 1, 2].includes(component["qos"] as number)) faults.push(`${id}: qos`)
  if (platform === "button") return faults.concat(buttonFaults(id, component))
  const expire = component["expire_after"]
  if (!Number.isInteger(expire) || (expire as number) < 0) faults.push(`${id}: expire_after is ${String(expire)}`)
  const category = component["entity_category"]
  if (category !== undefined && category !== "diagnostic") faults.push(`${id}: entity_category ${String(category)}`)
  if (component["value_template"] !== undefined && !/^\{\{ .+ \}\}$/.test(String(component["value_template"]))) {
    faults.push(`${id}: value_template`)
  }
  return faults.concat(platform === "sensor" ? classFaults(id, component) : binaryFaults(id, component))
}

/** What is wrong with a discovery message; nothing, if Home Assistant takes it as it is meant. */
export const faultsOf = (document: unknown): ReadonlyArray<string> => {
  const { components, device, origin, ...rest } = document as Readonly<Record<string, Table>>
  if (device === undefined || origin === undefined || components === undefined) {
    return ["no device, origin or components"]
  }
  const faults = [...unknownKeys("the message", rest, []), ...unknownKeys("device", device, deviceKeys),
    ...unknownKeys("origin", origin, originKeys)]
  const identifiers = device["identifiers"]
  if (!Array.isArray(identifiers) || !identifiers.every(isText) || identifiers.length === 0) {
    faults.push("device: identifiers")
  }
  if (!isText(device["name"]) || !isText(origin["name"])) faults.push("a device and an origin have names")
  const ids = Object.entries(components).map(([, component]) => (component as Table)["unique_id"])
  if (new Set(ids).size !== ids.length) faults.push("two components have one unique_id")
  return faults.concat(Object.entries(components).flatMap(([id, component]) => componentFaults(id, component as Table)))
}
