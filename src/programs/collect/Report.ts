/**
 * What the user is told meanwhile, on stderr: nothing while all is well, and never more than a line a minute.
 *
 * Trouble is told at once if the last line is a minute old; otherwise it waits, and what comes meanwhile joins it.
 */
import * as Format from "../dormouse/terminal/Format.ts"

export const lineMillis = 60_000

export interface Report {
  readonly sums: { stored: number; repeated: number; rejected: number }
  /** Since the last line; times in milliseconds. */
  rejected: number
  /** The first of them. */
  example: string | undefined
  /** Why there is no connection, and since when. */
  lost: { readonly reason: string; readonly since: number } | undefined
  /** Whether the user was told of `lost`. */
  isLossTold: boolean
  /** How long the last absence was that is over. */
  absence: number | undefined
  /** Something else that the user should know. */
  remark: string | undefined
  /** Why nothing can be stored. */
  failing: string | undefined
  /** It could not, and can again. */
  isMended: boolean
  lastLine: number
}

export const make = (): Report => ({
  sums: { stored: 0, repeated: 0, rejected: 0 },
  rejected: 0,
  example: undefined,
  lost: undefined,
  isLossTold: false,
  absence: undefined,
  remark: undefined,
  failing: undefined,
  isMended: false,
  lastLine: -Infinity
})

export const rejected = (report: Report, example: string): void => {
  report.sums.rejected++
  report.rejected++
  report.example ??= example
}

/** It was lost already, and another try has failed: the last reason counts. */
export const disconnected = (report: Report, reason: string, now: number): void => {
  report.lost = { reason, since: report.lost?.since ?? now }
}

export const connected = (report: Report, now: number): void => {
  // An absence that nobody was told of is none to speak of.
  if (report.lost !== undefined && report.isLossTold) report.absence = now - report.lost.since
  report.lost = undefined
  report.isLossTold = false
}

export const failing = (report: Report, reason: string): void => {
  report.failing = reason
}

export const working = (report: Report): void => {
  if (report.failing !== undefined) report.isMended = true
  report.failing = undefined
}

const parts = (report: Report, now: number): ReadonlyArray<string> => {
  const { absence, example, failing, isMended, lost, rejected, remark } = report
  const found: Array<string> = []
  if (failing !== undefined) {
    found.push(failing + "; trying again; nothing is acknowledged meanwhile, so nothing is lost")
  } else if (isMended) found.push("rows are stored again")
  if (lost !== undefined) {
    const since = now - lost.since
    found.push((since < lineMillis / 2 ? "" : "for " + Format.duration(since) + " ") + "no connection: " + lost.reason)
  } else if (absence !== undefined) found.push("connected again after " + Format.duration(absence))
  if (remark !== undefined) found.push(remark)
  if (rejected > 0) {
    found.push(
      `${Format.plural(rejected, "message")} rejected${rejected === 1 ? ": " : ", the first: "}${example ?? ""}`
    )
  }
  return found
}

/** The line that is due at `now`, or how many milliseconds to wait for it; undefined: all is well. */
export const due = (report: Report, now: number): string | number | undefined => {
  const found = parts(report, now)
  if (found.length === 0) return undefined
  const wait = report.lastLine + lineMillis - now
  if (wait > 0) return wait
  report.lastLine = now
  report.rejected = 0
  report.example = undefined
  report.absence = undefined
  report.remark = undefined
  report.isMended = false
  if (report.lost !== undefined) report.isLossTold = true
  return found.join("; ")
}

/** At the end. */
export const sum = ({ sums }: Report): string => {
  const more = [
    sums.repeated === 0 ? "" : Format.amount(sums.repeated) + " came again and are stored once",
    sums.rejected === 0 ? "" : Format.plural(sums.rejected, "message") + " rejected"
  ].filter((part) => part !== "")
  return [Format.plural(sums.stored, "reading") + " stored", ...more].join("; ")
}
