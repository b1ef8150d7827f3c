/** The shortest sleep of a device. */

/** A shorter sleep is not worth a boot. Milliseconds. */
export const shortestSleepMillis = 1_000
