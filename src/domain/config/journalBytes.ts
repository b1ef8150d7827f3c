/** Bytes of a board's journal: a week of readings, one in five minutes, of 100 bytes each, and half as much again. */
export const journalBytes = 327_680
