/**
 * What a board's bundle has in place of domain/state/overtaken when it asks no server for the time and publishes every
 * reading: no id of a message that lies in the journal is kept.
 */
export const overtaken = <State>(state: State): State => state
