/**
 * Which of several Servers has its turn: across deep sleep, with the connections that went well on another Server than
 * the first since the first was tried.
 */
export type ServerChoice = readonly [place: number, good: number]

export const first: ServerChoice = [0, 0]

/** Whether a snapshot holds it. A board whose configuration names one Server does without. */
export const isKept: boolean = true
