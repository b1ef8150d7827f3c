export const check = (_: string): ReadonlyArray<string> => []
export const show = (faults: ReadonlyArray<string>, _: unknown): string => faults.join("\n")
