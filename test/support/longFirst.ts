/**
 * The order of the files: those that take longest first, or a run ends with one worker busy and the others idle. vitest
 * knows how long each took in the run before, but on a machine that has seen none it goes by the files' sizes.
 */
import { BaseSequencer, type TestSpecification } from "vitest/node"

const long = [
  "hostile/client",
  "hostile/device",
  "simulation/chaos/chaos",
  "hostile/memory",
  "programs/simulate",
  "programs/bundle/vm",
  "programs/bundle/command",
  "programs/flash/flash",
  "programs/simulate/report",
  "programs/simulate/Simulation",
  "bench/board",
  "fuzz/fuzz",
  "programs/bundle/drivers",
  "programs/bundle/unicode",
  "programs/simulate/fleet/Fleet",
  "adapters/simulation/VirtualTime",
  "simulation/powerCut/sweep",
  "programs/announce",
  "programs/dormouse/command"
].map((name) => `/test/${name}.test.ts`)

const rank = ({ moduleId }: TestSpecification): number => {
  const at = long.findIndex((end) => moduleId.endsWith(end))
  return at < 0 ? long.length : at
}

export default class LongFirst extends BaseSequencer {
  override async sort(files: Array<TestSpecification>): Promise<Array<TestSpecification>> {
    return (await super.sort(files)).sort((a, b) => rank(a) - rank(b))
  }
}
