/**
 * What a board's bundle has in place of domain/wake/seldom when its configuration has no `send_interval`: nothing. An
 * update that asks for one is refused (`Ability`).
 */
export const isEarly = undefined
