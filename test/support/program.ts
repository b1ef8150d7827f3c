/** The programs that tests start as child processes, as `bundlePrograms.ts` has bundled them before the first test. */
import { fileURLToPath } from "node:url"
import { isWhole } from "./runs.ts"

const sources = {
  dormouse: "src/programs/dormouse.ts",
  simulate: "src/programs/simulate/simulate.ts",
  chaos: "src/programs/chaos/chaos.ts",
  bundle: "src/programs/bundle/bundle.ts",
  flash: "src/programs/flash/flash.ts",
  tools: "src/programs/flash/tools.ts",
  monitor: "src/programs/monitor/monitor.ts",
  sign: "src/programs/sign/sign.ts",
  example: "src/programs/client/example.ts",
  fuzz: "test/fuzz/fuzz.ts",
  chaosClient: "test/simulation/client/chaosClient.ts",
  measure: "test/bench/board.ts",
  boardChaos: "test/boardChaos/main.ts",
  victim: "test/hostile/victim.ts",
  writeForEver: "test/support/writeForEver.ts"
} as const

/**
 * In the repository's node_modules: what a bundle leaves outside is found from there. One for each form of a run, for
 * their bundles differ.
 */
const folder = (isWhole: boolean): string =>
  fileURLToPath(
    new URL("../../node_modules/.cache/dormouse-test-programs/" + (isWhole ? "all" : "usual"), import.meta.url)
  )

/** How Place.ts is imported, and what tests have in its place. */
export const place = {
  imported: /^\.\.?\/dormouse\/Place\.ts$/,
  standIn: fileURLToPath(new URL("Place.ts", import.meta.url))
}

export const programs = { sources, folder }

/** The file to start with Node, without any further option. */
export const program = (name: keyof typeof sources): string =>
  `${folder(isWhole)}/${sources[name].replace(/\.ts$/, ".mjs")}`
