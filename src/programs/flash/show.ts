/**
 * What a board prints, as lines for a reader: its events in words, everything else unchanged.
 */
import type { WakeEvent } from "../../domain/wake/WakeEvent.ts"
import * as EventLine from "../dormouse/terminal/EventLine.ts"
import * as Format from "../dormouse/terminal/Format.ts"
import type { Said } from "./Speech.ts"

/** Where a board connects is only in its events where it has several Servers, and the board's configuration is not known here. */
const unknown: EventLine.Subject = { mqtt: { broker: "", port: 0, ssl: false, publishValues: false } }

/** For `Format.lines`: events are shown with the time of day. */
export const layoutOf = (width: number, paint: Format.Paint): Format.Layout => ({
  width,
  paint,
  stampWidth: EventLine.stampWidth
})

const rowOf = (at: number, event: WakeEvent): Format.Row => {
  const row = EventLine.row(at, event, unknown)
  if (event._tag !== "Trying") return row
  const server = event.server === undefined ? "" : event.server + ", "
  return { ...row, text: server + Format.plural(event.pending, "reading") + " to deliver" }
}

/** An event of another version: its name, and its values as they are. */
const unknownEvent = ({ _tag, ...values }: { readonly _tag: string }): string => {
  const parts = Object.entries(values).map(([name, value]) =>
    name + " " + (typeof value === "string" ? value : JSON.stringify(value))
  )
  return [_tag + " (not known to this version of dormouse)", ...parts].join(", ")
}

/** Lines of it. `at`: when it was heard, milliseconds. */
export const show = (at: number, said: Said, layout: Format.Layout): ReadonlyArray<string> => {
  if (said._tag === "Line") return [layout.paint("quiet", said.text)]
  try {
    return Format.lines(rowOf(at, said.event), layout)
  } catch {
    return [layout.paint("quiet", unknownEvent(said.event))]
  }
}
