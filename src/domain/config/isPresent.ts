/** Says that this version is in use already, as a sentence. */
export const isPresent = (version: number): string => "version " + version + " is the present version"
