/**
 * The first lines of a bundle: they continue a long sleep before anything else is loaded (longSleep.ts).
 */

/** The log of long sleeps. There is none before the first. It is not a name of the Storage port. */
export const fileName = ".sleep"

/** The longest time that `ESP32.deepSleep` takes: 2^31 - 1 microseconds. */
export const longestMillis = 2_147_483

/**
 * Espruino's own JavaScript, already small. It uses no names of the script, but makes the interpreter put its String,
 * Object and Array before the script's names: whenever it looks for a method, it searches them among all names, from
 * the first on. The file of longSleep.ts is read only if there was a long sleep. Its argument is not a Storage port,
 * which it does not use.
 */
export const prologue =
  `"".a;[].a;require("Storage").read("${fileName}")&&eval(require("Storage").read(".long"))(0,f=>{f[1]()});`
