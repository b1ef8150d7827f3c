/** What is being done, on one line that the next one replaces; nothing where nobody looks. */
export const progress = (what: string): void => {
  if (process.stderr.isTTY) process.stderr.write("\r\u001b[K" + what)
}
