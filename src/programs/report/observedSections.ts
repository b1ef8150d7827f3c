/** The pictures of what was observed, as sections of a page. */
import { figure, type Html, html, type Key } from "./Page.ts"
import { colours } from "./pictures.ts"
import { batteryLevel } from "./batteryLevel.ts"
import { connections } from "./connections.ts"
import type { Device, Fleet } from "../../domain/observed/Fleet.ts"
import { gaps } from "./gaps.ts"
import { values } from "./values.ts"

export const gapKey: ReadonlyArray<Key> = [
  { colour: colours.good, words: "readings", opacity: 0.6 },
  { colour: colours.away, words: "none" }
]

const connectionKey: ReadonlyArray<Key> = [
  { colour: colours.good, words: "at the first try" },
  { colour: colours.failed, words: "at a later try" },
  { colour: colours.first, words: "awake" }
]

const batteryKey: ReadonlyArray<Key> = [
  { colour: colours.first, words: "what the device said" },
  { colour: colours.second, words: "the line through it" }
]

/** Of one device; `end` makes its anchors different from those of another. */
export const readings = (fleet: Fleet, device: Device, end: string): Html =>
  html`${figure(values(fleet, device, "values" + end))}${figure(gaps(fleet, device, "gaps" + end), gapKey)}`

export const linked = (fleet: Fleet, device: Device, end: string): Html => {
  const picture = connections(fleet, device, "connections" + end)
  return figure(picture, picture.draw === undefined ? [] : connectionKey)
}

export const level = (fleet: Fleet, device: Device, end: string): Html | undefined => {
  const picture = batteryLevel(fleet, device, "level" + end)
  return picture === undefined ? undefined : figure(picture, batteryKey)
}
