/** What a device keeps in Storage, by name. */

/** The snapshot. */
export const snapshotName = "state"

/** On a board: what is pending and has no room in the snapshot. */
export const journalName = "journal"

/** Where a snapshot that cannot be read is put aside for whoever wants to know why. */
export const unreadableName = "state.bad"

/** An accepted configuration update. */
export const configName = "config"

/** What was in force before it. */
export const previousName = "config.old"
