/** The least that a device sleeps. */

/** A shorter sleep than this is not worth a boot. Milliseconds. */
export const shortestSleepMillis = 1_000
