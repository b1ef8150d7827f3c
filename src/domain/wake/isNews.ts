import type { Wake } from "./Wake.ts"

/**
 * Whether the battery has become low in this wake: the device sends, whatever else is so, because it will be silent for
 * longer than it has said.
 */
export const isNews = ({ battery }: Pick<Wake, "battery">): boolean => battery !== undefined && battery.isNews === true
