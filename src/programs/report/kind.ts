/** What `--report` may write to. */
import type { Kind } from "../dormouse/Output.ts"

export const reportKind: Kind = {
  option: "--report",
  what: "a report",
  ending: ".html",
  isEarlier: (content) => content.includes(`<meta name="generator" content="Dormouse">`)
}
