/** The bars of the days' picture: the state of the Server and the network, and for how long. */
import * as Format from "../dormouse/terminal/Format.ts"
import type { Chronicle, Weather } from "../simulate/life/Chronicle.ts"
import type { ServerState } from "../simulate/life/Story.ts"
import { dayMillis } from "./pictures.ts"

export interface Bar {
  readonly lane: "Server" | "Wi-Fi"
  readonly from: number
  readonly to: number
  readonly state: string
  readonly isAway: boolean
}

const words: Readonly<Record<ServerState, string>> = {
  up: "there",
  refusing: "refuses",
  unreachable: "unreachable",
  silent: "silent"
}

/** The state of the Server and the network, as bars. */
export const bars = ({ server, wifi }: Chronicle): ReadonlyArray<Bar> => {
  const bar = (lane: Bar["lane"], { from, to }: Weather<unknown>, state: string, isAway: boolean): Bar => ({
    lane,
    from: from / dayMillis,
    to: to / dayMillis,
    state,
    isAway
  })
  return [
    ...server.map((each) => bar("Server", each, words[each.state], each.state !== "up")),
    ...wifi.map((each) => bar("Wi-Fi", each, each.state ? "there" : "gone", !each.state))
  ]
}

/** The tooltip of a bar. */
export const tooltipOf = ({ from, lane, state, to }: Bar): string =>
  `${lane}: ${state} for ${Format.duration((to - from) * dayMillis)}, from day ${Format.significantDay(from)}`
