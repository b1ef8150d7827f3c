/**
 * Which device a reading is of. A reading names its sensor, and only a status names the device; several devices may
 * share a prefix.
 */

/** `devices`: those that have said their status at this prefix. Of an unknown device the sensor gives the name. */
export const ownerOf = (prefix: string, sensor: string, devices: ReadonlySet<string>): string => {
  if (devices.has(sensor)) return sensor
  const level = prefix.split("/").find((each) => devices.has(each))
  if (level !== undefined) return level
  const named = [...devices].filter((device) => sensor.startsWith(device + "-") || sensor.startsWith(device + "_"))
  const longest = named.sort((one, other) => other.length - one.length)[0]
  if (longest !== undefined) return longest
  const [only] = devices
  return devices.size === 1 && only !== undefined ? only : sensor
}
