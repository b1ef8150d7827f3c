/** Where a Server is: whether a text can be a host name or an IP address, and the usual port. */

/** The port that a Server has where the file gives none. */
export const standardPort = (ssl: boolean): number => ssl ? 8883 : 1883

/** Whether `text` has one of these characters. */
export const holds = (text: string, characters: string): boolean => {
  for (let i = 0; i < text.length; i++) if (characters.indexOf(text.charAt(i)) >= 0) return true
  return false
}

// One colon is a port; an IPv6 address has more.
export const isHost = (text: string): boolean =>
  !holds(text, " \t\r\n/@") && (text.indexOf(":") < 0 || text.indexOf(":") !== text.lastIndexOf(":"))
