/** What is in flight from the journal, as a state has it (`DeviceState.inPlace`). */
import type { DeviceState, InPlace } from "./DeviceStateFields.ts"

/** Nothing is. */
export const noneInPlace: InPlace = [0, 0, false]

/** The journal comes first, because a board that has nothing there looks for no more. */
export const inPlaceOf = ({ inPlace, journal }: Pick<DeviceState, "inPlace" | "journal">): InPlace | undefined =>
  journal > 0 && inPlace !== undefined && inPlace[1] > 0 ? inPlace : undefined
