import { defineConfig } from "vitest/config"
import LongFirst from "./test/support/longFirst.ts"
import { place } from "./test/support/program.ts"
import { moveTemporaries } from "./test/support/runFolder.ts"

// Before Vitest asks where its own are to be.
moveTemporaries()

/** They put a stand-in for a module of ours or of Node's in place, and so need modules of their own. */
const standIns = ["test/simulation/chaos/bite.test.ts", "test/adapters/node/StoragePowerCut.test.ts",
  "test/adapters/espruino/runtime.test.ts"]

/** The whole package and the library, packed, installed and used, and a version made of them: `npm test` leaves it to `npm run test:all`, which CI calls. */
const packages = ["test/programs/dormouse/package.test.ts", "test/programs/library/package.test.ts",
  "test/release.test.ts"]

/**
 * Whole scripts of boards, made and lived in for one key each, and whole commands with all their options: minutes in
 * all. `npm test` leaves them to `npm run test:all` too. Of each there is something in `npm test` as well: the board's
 * usual script (`bundle/vm`), the passes that make it, the decisions behind each key, and the commands' handlers.
 */
const whole = [
  ...["battery", "command", "commands", "credentials", "drivers", "mac", "onChange", "overlays", "seldom", "status",
    "time", "unicode", "updates", "wakePin"].map((name) => `test/programs/bundle/${name}.test.ts`),
  "test/cluster/cluster.test.ts",
  "test/interop/interop.test.ts",
  "test/hostile/memory.test.ts",
  "test/programs/announce/announce.test.ts",
  "test/programs/dormouse/command.test.ts",
  "test/programs/sign/sign.test.ts",
  "test/programs/run/kills.test.ts",
  "test/programs/simulate/fleet/Fleet.test.ts",
  "test/programs/simulate/report.test.ts"
]

/** No sockets, no processes, no long lives: seconds for all of them. */
const pure = ["test/architecture.test.ts", "test/install.test.ts", "test/publicEntries.test.ts",
  "test/domain/**/*.test.ts", "test/programs/client/*.test.ts", "test/programs/library/{Mailbox,Subscription}.test.ts"]

export default defineConfig(({ mode }) => {
  const isWhole = mode === "all"
  const common = {
    // No test takes so long: it is there for one that hangs, on a machine as slow as they come.
    testTimeout: 180_000,
    // Tests that run beside each other do so because they wait.
    maxConcurrency: 8,
    hookTimeout: 180_000,
    // What test/support/runs.ts reads: `--mode all` is the long form of what has one.
    env: { TESTS: isWhole ? "all" : "usual" },
    alias: isWhole ? [] : [{ find: place.imported, replacement: place.standIn }]
  }
  return {
    test: {
      // The second reporter's only line is the last one of a run: `N passed, N failed`.
      reporters: ["default", "./test/support/countReporter.ts"],
      // Many tests wait for sockets and child processes: two workers more than cores keep two cores busy.
      maxWorkers: 4,
      globalSetup: "test/support/bundlePrograms.ts",
      sequence: { sequencer: LongFirst },
      // Of `npm run coverage`, which says of which sources. What runs in a process of its own is not seen.
      coverage: { provider: "v8", reporter: ["text-summary", "html"], reportsDirectory: "coverage" },
      // `npm run test:fast` has these alone. Other runs have no project for them: a worker that goes on to another
      // project loads all anew.
      projects: mode === "fast" ? [{ test: { ...common, name: "pure", include: pure, isolate: false } }] : [
        // A worker loads effect and our modules once, and not for each file: that was a quarter of the time.
        {
          test: {
            ...common,
            name: "tests",
            include: ["test/**/*.test.ts"],
            exclude: [...standIns, ...packages, ...(isWhole ? [] : whole)],
            isolate: false
          }
        },
        { test: { ...common, name: "with stand-ins", include: standIns } },
        { test: { ...common, name: "packages", include: packages } }
      ]
    }
  }
})
