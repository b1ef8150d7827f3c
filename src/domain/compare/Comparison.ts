/** What a simulation predicts, beside what devices report; and what follows for the figures and for the battery. */
import { type Figures, type Name, values } from "../energy/Figures.ts"
import * as Model from "../energy/Model.ts"
import * as Outlook from "../energy/Outlook.ts"
import type { Setup } from "../energy/Setup.ts"
import * as ChargeCorrection from "./ChargeCorrection.ts"
import type { Observed } from "./Observed.ts"
import * as TimeCorrection from "./TimeCorrection.ts"
import * as WakeTimes from "./WakeTimes.ts"

/** What is predicted, for ordinary days. */
export interface Predicted {
  readonly setup: Setup
  readonly stretch: Outlook.Stretch
  readonly visit: WakeTimes.Visit
}

/** When the battery is empty, in milliseconds since 1970, and how that is known. */
export interface Ending {
  readonly by: "what it has lost" | "the model, from the last percentage" | "the model, as if it was full at first"
  readonly at: Model.Estimate
}

export interface Comparison {
  readonly model: {
    readonly beforeRadio: Model.Estimate
    readonly radio: Model.Estimate
    readonly awake: Model.Estimate
    readonly join: Model.Estimate
    readonly current: Model.Estimate
    readonly perDay: Model.Estimate
  }
  /** The join as it was measured. */
  readonly join: Model.Estimate | undefined
  /** Milliamperes, as the battery shows them. */
  readonly current: Model.Estimate | undefined
  /** The figures that are corrected, in their order. */
  readonly corrected: Partial<Figures>
  /** The setup with them, and the life of a full battery with it. */
  readonly setup: Setup
  readonly lifeDays: Model.Estimate
  /** The surest first. */
  readonly endings: ReadonlyArray<Ending>
  readonly remarks: ReadonlyArray<string>
}

const modelOf = ({ setup, stretch, visit }: Predicted): Comparison["model"] => {
  const { figures, joining } = setup
  const of = (result: (v: ReturnType<typeof values>) => number) => Model.estimate(figures, result)
  const joinNames = WakeTimes.joinFigures(joining, visit)
  return {
    beforeRadio: of((v) => WakeTimes.beforeRadio(v, visit)),
    radio: of((v) => WakeTimes.radioOn(v, joining, visit)),
    awake: of((v) => WakeTimes.awake(v, joining, visit)),
    join: of((v) => joinNames.reduce((sum, name) => sum + v[name], 0)),
    current: of(Outlook.meanCurrent(stretch, setup)),
    perDay: of(ChargeCorrection.percentADay(stretch, setup))
  }
}

const withFigures = (setup: Setup, figures: Partial<Figures>): Setup => ({
  ...setup,
  figures: { ...setup.figures, ...figures }
})

const dayMillis = 86_400_000

const shifted = ({ high, low, value }: Model.Estimate, from: number, share: number): Model.Estimate => ({
  value: from + value * share * dayMillis,
  low: from + low * share * dayMillis,
  high: from + high * share * dayMillis
})

const endingsOf = ({ begun, discharge, percent, to }: Observed, life: Model.Estimate): ReadonlyArray<Ending> => [
  ...(discharge === undefined ? [] : [{ by: "what it has lost" as const, at: discharge.empty }]),
  percent === undefined
    ? { by: "the model, as if it was full at first", at: shifted(life, begun, 1) }
    : { by: "the model, from the last percentage", at: shifted(life, to, percent / 100) }
]

/** Which rows of the comparison are empty, and what they need. */
const lacking = ({ lacks: { discharge, times } }: Observed): ReadonlyArray<string> => [
  ...(times === undefined ? [] : ["the times that are missing need " + times]),
  ...(discharge === undefined ? [] : ["battery a day and average current need " + discharge])
]

/** `source`: what corrected figures say of where they come from. */
export const compare = (predicted: Predicted, observed: Observed, source: string): Comparison => {
  const { setup, stretch, visit } = predicted
  const { discharge, times } = observed
  const timed = times === undefined
    ? {
      figures: {},
      join: undefined,
      remarks: []
    }
    : TimeCorrection.correct(times, setup.figures, setup.joining, visit, source)
  const measured = withFigures(setup, timed.figures)
  const fixed = new Set(Object.keys(timed.figures) as ReadonlyArray<Name>)
  const charged = discharge === undefined ? undefined
    : ChargeCorrection.correct(discharge.perDay, stretch, measured, fixed, source)
  const corrected = { ...timed.figures, ...charged?.figures }
  const after = withFigures(setup, corrected)
  const lifeDays = Model.estimate(after.figures, Outlook.life(stretch, after))
  return {
    model: modelOf(predicted),
    join: timed.join,
    current: charged?.current,
    corrected,
    setup: after,
    lifeDays,
    endings: endingsOf(observed, lifeDays),
    remarks: [...lacking(observed), ...timed.remarks, ...charged?.remarks ?? []]
  }
}
