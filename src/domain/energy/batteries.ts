/**
 * Batteries by name: capacity, the part that a board can use, and the self-discharge.
 */
import { type Figures, figure } from "./Figures.ts"

export interface Battery {
  readonly title: string
  readonly figures: Pick<Figures, "capacity" | "usableShare" | "selfDischarge" | "voltage">
}

const lithiumLoss = figure(0.02, 0.01, 0.05, "lithium ion: 1 to 3 % a month, 3 % more with a protection circuit")
const regulated = figure(0.85, 0.7, 0.95, "down to about 3.4 V for a 3.3 V regulator; less in the cold and with age")

export const batteries = {
  "18650": {
    title: "one 18650 lithium-ion cell, 3,000 mAh",
    figures: {
      capacity: figure(3_000, 2_500, 3_500, "usual cells, by their labels"),
      usableShare: regulated,
      selfDischarge: lithiumLoss,
      voltage: figure(3.7, 3.6, 3.8, "lithium ion")
    }
  },
  "lipo-1000": {
    title: "a LiPo pouch, 1,000 mAh",
    figures: {
      capacity: figure(1_000, 900, 1_050, "by its label"),
      usableShare: regulated,
      selfDischarge: lithiumLoss,
      voltage: figure(3.7, 3.6, 3.8, "lithium polymer")
    }
  },
  "lifepo4-1500": {
    title: "one 18650 LiFePO4 cell, 1,500 mAh",
    figures: {
      capacity: figure(1_500, 1_400, 1_600, "usual cells, by their labels"),
      usableShare: figure(0.9, 0.8, 0.95, "3.2 V over most of its charge, without a regulator"),
      selfDischarge: figure(0.02, 0.01, 0.03, "LiFePO4: 1 to 3 % a month"),
      voltage: figure(3.2, 3.1, 3.3, "LiFePO4")
    }
  },
  "3xaa": {
    title: "three AA alkaline cells",
    figures: {
      capacity: figure(2_700, 2_000, 3_000,
        "makers' graphs: 3,000 mAh at 25 mA, 2,450 to 2,900 at 100 mA, down to 0.8 V a cell"),
      usableShare: figure(0.8, 0.6, 0.9, "down to about 1.15 V a cell for a 3.3 V regulator"),
      selfDischarge: figure(0.003, 0.002, 0.005, "alkaline: shelf lives of 5 to 10 years"),
      voltage: figure(4, 3.7, 4.3, "three cells over their discharge")
    }
  }
} as const satisfies Readonly<Record<string, Battery>>

export type BatteryName = keyof typeof batteries

export const batteryNames = Object.keys(batteries) as ReadonlyArray<BatteryName> as readonly [
  BatteryName,
  ...ReadonlyArray<BatteryName>
]
