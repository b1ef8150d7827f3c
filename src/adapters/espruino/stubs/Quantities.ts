/**
 * Replaces domain/message/Quantities in the bundle of a board whose sensors give temperature and humidity as they are
 * measured: nothing. An update that asks for something else is refused (`Ability`).
 */
export const messagesOf = undefined
