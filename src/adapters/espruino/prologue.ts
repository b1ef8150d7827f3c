/**
 * The first lines of a bundle: a long sleep is slept on before anything else is loaded (longSleep.ts).
 */

/** The log of long sleeps. There is none before the first. No name of the Storage port. */
export const fileName = ".sleep"

/** What `ESP32.deepSleep` takes: 2^31 - 1 microseconds. */
export const longestMillis = 2_147_483

/**
 * Espruino's own JavaScript, already small. Names nothing outside itself, but makes the interpreter put its String,
 * Object and Array before the script's names: it looks for them among all names, from the first on, whenever it looks
 * for a method. The file of longSleep.ts is read only where there was a long sleep; what it is given is no Storage
 * port, which it does not use.
 */
export const prologue =
  `"".a;[].a;require("Storage").read("${fileName}")&&eval(require("Storage").read(".long"))(0,f=>{f[1]()});`
