/** The report of what a collector has stored: the fleet, and each device. */
import * as Format from "../dormouse/terminal/Format.ts"
import { figure, type Html, html, nothing, page } from "./Page.ts"
import { momentOf } from "./timeAxis.ts"
import type { Device, Fleet } from "../../domain/observed/Fleet.ts"
import { fleetGaps } from "./gaps.ts"
import { gapKey, level, linked, readings } from "./observedSections.ts"

/** Pictures of more devices would make the file too large for a browser. */
export const maxDevices = 24

const deviceSection = (fleet: Fleet, device: Device, index: number): Html => {
  const end = "-" + index
  const battery = level(fleet, device, end)
  return html`<section class="device" id="device${end}"><h2>${device.name}</h2>
${battery === undefined ? nothing : html`<h3>Battery</h3>${battery}`}
<h3>Readings</h3>${readings(fleet, device, end)}
<h3>Connections</h3>${linked(fleet, device, end)}</section>`
}

const left = ({ devices }: Fleet): Html =>
  devices.length <= maxDevices ? nothing
    : html`<p class="note">Pictures of the first ${String(maxDevices)} of ${
      Format.amount(devices.length)
    } devices follow; --device shows others.</p>`

/** `source`: the name of the file. */
export const render = (fleet: Fleet, source: string): string => {
  const { devices, from, to } = fleet
  const span = Format.dayCount(Math.max(0.01, Math.round((to - from) / 864_000) / 100))
  const title = devices.length === 1 ? devices[0]?.name ?? "" : Format.plural(devices.length, "device")
  return page(`${title}: ${span}`, [
    html`<header><h1>${title}: ${span}</h1><p class="about">${source}, from ${momentOf(fleet, from)} to ${
      momentOf(fleet, to)
    } (UTC).</p></header>`,
    devices.length === 1 ? nothing
      : html`<section><h2>The fleet</h2>${figure(fleetGaps(fleet, "fleet"), gapKey)}${left(fleet)}</section>`,
    ...devices.slice(0, maxDevices).map((device, index) => deviceSection(fleet, device, index)),
    html`<footer><p class="note">Collected by Dormouse.</p></footer>`
  ])
}
