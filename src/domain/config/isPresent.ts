/** Why nothing is done about a version, as a sentence. */
export const isPresent = (version: number): string => "version " + version + " is the present version"
