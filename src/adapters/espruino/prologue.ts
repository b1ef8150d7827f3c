/**
 * The first lines of a bundle: a long sleep is slept on before anything else is loaded.
 *
 * Only a board woken by its timer goes on sleeping, and only while its clock is between the beginning and the end that were
 * stored: after a power cut (the clock starts over), a button or a jump it wakes, so no sleep is longer than was asked.
 */

/** Of a long sleep under way: `<clock at its beginning>,<its length>` in milliseconds. No name of the Storage port. */
export const fileName = ".sleep"

/** What `ESP32.deepSleep` takes: 2^31 - 1 microseconds. */
export const longestMillis = 2_147_483

/** ESP32.getWakeupCause() */
const timer = 4

/**
 * Espruino's own JavaScript, already small. Names nothing outside itself, but makes the interpreter put its String, Object and
 * Array before the script's names: it looks for them among all names, from the first on, whenever it looks for a method.
 * What is to be done about a sleep is skipped, and not made a function of, where there is none.
 */
export const prologue = `"".a;[].a;require("Storage").read("${fileName}")&&(function(){var s=require("Storage"),f=s.read("${fileName}").split(","),` +
  `l=f[1]-(Date.now()-f[0]);if(l>0&&l<=f[1]*1&&ESP32.getWakeupCause()==${timer})ESP32.deepSleep(Math.min(l,${longestMillis})*1000);` +
  `s.erase("${fileName}")})();`
