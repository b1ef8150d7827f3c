/** What a value is, for a message: `an array`. */
export const kind = (value: unknown): string => {
  if (value === null) return "null"
  if (value === undefined) return "nothing"
  const type = Array.isArray(value) ? "array" : value instanceof Uint8Array ? "Uint8Array" : typeof value
  return (/^[aeo]/.test(type) ? "an " : "a ") + type
}
