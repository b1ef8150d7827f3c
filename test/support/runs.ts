/**
 * How much a run does of what could go on for ever: `npm test` some, and `npm run test:all`, which CI calls, more of
 * the same with the same checkers.
 */

/** `npm run test:all`: the configuration of vitest says so. */
export const isWhole = process.env["TESTS"] === "all"

export const runs = (usual: number, whole: number): number => isWhole ? whole : usual
