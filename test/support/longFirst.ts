/**
 * The order of the files: those that take longest first, or a run ends with one worker busy and the others idle. vitest
 * knows how long each took in the run before, but on a machine that has seen none it goes by the files' sizes.
 *
 * One project after the other, too: a worker that has to serve another project ends, and with it all that it has loaded
 * and compiled.
 */
import { BaseSequencer, type TestSpecification } from "vitest/node"

/** Those whose files each need a worker of their own before those that share some. */
const projects = ["packages", "with stand-ins", "tests"]

const long = [
  // What it makes of the compiler's modules and of a board's files many others take (keptScripts.ts), later.
  "programs/bundle/vm",
  "check",
  "hostile/client",
  "hostile/device",
  "simulation/chaos/chaos",
  "programs/simulate/simulate",
  // What `dormouse bundle` makes in command.test.ts is made here before.
  "programs/bundle/drivers",
  "programs/simulate/report",
  "programs/flash/flash",
  "hostile/memory",
  "programs/bundle/command",
  "programs/simulate/Simulation",
  "bench/board",
  "fuzz/fuzz",
  "simulation/backoff",
  "programs/bundle/unicode",
  "programs/bundle/overlays",
  "simulation/client/client",
  "programs/simulate/fleet/Fleet",
  "adapters/simulation/VirtualTime",
  "simulation/powerCut/sweep",
  "programs/announce/announce",
  "programs/dormouse/command"
].map((name) => `/test/${name}.test.ts`)

const rank = ({ moduleId }: TestSpecification): number => {
  const at = long.findIndex((end) => moduleId.endsWith(end))
  return at < 0 ? long.length : at
}

const projectRank = ({ project }: TestSpecification): number => projects.indexOf(project.name)

export default class LongFirst extends BaseSequencer {
  override async sort(files: Array<TestSpecification>): Promise<Array<TestSpecification>> {
    return (await super.sort(files)).sort((a, b) => projectRank(a) - projectRank(b) || rank(a) - rank(b))
  }
}
