/**
 * Time and chance are Effect's own services: `effect/Clock` and `effect/Random`. There is no port of ours to implement;
 * this file states what the program expects of the clock it is given.
 *
 * A caller may rely on this:
 * - `Clock.currentTimeMillis` is in milliseconds, goes on through deep sleep, and advances by about what was slept.
 * - It may be wrong: it starts near 0 after a power cut, and jumps either way when a time source corrects it. A caller
 *   that stores a time may read it back when the clock shows less.
 * - `Effect.sleep` and time-outs measure elapsed time and do not jump with it.
 */
export { Clock, currentTimeMillis } from "effect/Clock"
