/**
 * What a status says of its wake's times, as the energy model expects it.
 *
 * A device's clock begins when its program runs, so the boot and the loading of the program are in neither time. Before
 * the radio starts it recalls and decides. Then the radio joins the network while the sensors are read, and on the
 * connection the interpreter works with the radio on, until the status is sent.
 */
import { type Figure, figure, type Name, type Values } from "../energy/Figures.ts"
import type { Joining } from "../energy/Setup.ts"

/** A wake that connects, on ordinary days. */
export interface Visit {
  /** Milliseconds from the join to the status, without the interpreter's work: waits, and round trips. */
  readonly online: number
  /** Of these: round trips, which depend on the network. */
  readonly trips: number
  /** Messages that it delivers. */
  readonly messages: number
  readonly hasTls: boolean
  /** It measures its battery first. */
  readonly hasBattery: boolean
}

const counted = "counted by callgrind in Espruino 2v29 for Linux, 32 bit: a wake with publish_status"

const usualWork = figure(2.7, 2.3, 3.3, counted)
const batteryWork = figure(5.3, 4.3, 6.5, counted + " and a battery")

/** The work between the program's start and that of the radio, in millions of instructions. */
export const recallWork = ({ hasBattery }: Pick<Visit, "hasBattery">): Figure => hasBattery ? batteryWork : usualWork

/** Milliseconds. */
export const beforeRadio = ({ interpreterSpeed }: Pick<Values, "interpreterSpeed">, visit: Pick<Visit, "hasBattery">) =>
  1_000 * recallWork(visit).value / interpreterSpeed

/** The figures whose sum is the time until the network is joined. */
export const joinFigures = ({ address, channel }: Joining, { hasTls }: Pick<Visit, "hasTls">): ReadonlyArray<Name> => [
  "radioStartTime",
  channel === "scan" ? "scanTime" : "knownChannelTime",
  "keyTime",
  "associationTime",
  ...(address === "dhcp" ? ["addressTime" as const] : []),
  ...(hasTls ? ["tlsTime" as const] : [])
]

/** The interpreter's work online, in millions of instructions. */
export const onlineWork = (v: Pick<Values, "visitWork" | "messageWork">, { messages }: Visit): number =>
  v.visitWork + v.messageWork * Math.max(0, messages - 1)

/** Milliseconds from the radio's start to the status. */
export const radioOn = (v: Values, joining: Joining, visit: Visit): number => {
  const join = joinFigures(joining, visit).reduce((sum, name) => sum + v[name], 0)
  return Math.max(join, v.sensorTime) + visit.online + 1_000 * onlineWork(v, visit) / v.interpreterSpeed
}

/** Milliseconds from the program's start to the status. */
export const awake = (v: Values, joining: Joining, visit: Visit): number =>
  beforeRadio(v, visit) + radioOn(v, joining, visit)
