/** What the Client must reach, and whether it does, row by row. */
import { median } from "./table.ts"

/** Of the speed of MQTT.js, where the Server is not the limit; and of libmosquitto's, everywhere. */
const ofMqttJs = 2
const ofLibmosquitto = 0.7

interface Judgement {
  readonly holds: boolean
  readonly says: string
}

export interface Musts {
  /** Ratios of the same turns: their time of ours, and their time of a bare socket's. */
  readonly mqttJs: (row: string, ratios: ReadonlyArray<number>, ofBare: ReadonlyArray<number>) => void
  /** Ratios of the same turns: libmosquitto's time of ours. */
  readonly libmosquitto: (row: string, ratios: ReadonlyArray<number>) => void
  readonly lines: () => ReadonlyArray<string>
}

export const make = (): Musts => {
  const all: Array<Judgement> = []
  const judge = (row: string, than: string, ratio: number, least: number, note: string): void => {
    const says = `${row}: ${ratio.toFixed(2)} times as fast as ${than}, must be ${least}${note}`
    all.push({ holds: ratio >= least, says })
  }
  const part = (title: string, holds: boolean): ReadonlyArray<string> => {
    const those = all.filter((each) => each.holds === holds)
    return those.length === 0 ? [] :
      [`\n${title} (${those.length} of ${all.length}):`, ...those.map(({ says }) => `- ${says}`)]
  }
  return {
    mqttJs: (row, ratios, ofBare) => {
      const bare = median(ofBare)
      const note = bare < ofMqttJs ? `, but a bare socket is only ${bare.toFixed(2)} times as fast` : ""
      judge(row, "MQTT.js", median(ratios), ofMqttJs, note)
    },
    libmosquitto: (row, ratios) => judge(row, "libmosquitto", median(ratios), ofLibmosquitto, ""),
    lines: () => [...part("Holds", true), ...part("DOES NOT HOLD", false)]
  }
}
