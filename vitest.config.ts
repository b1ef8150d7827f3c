import { defineConfig } from "vitest/config"
import { moveTemporaries } from "./test/support/runFolder.ts"

// Before Vitest asks where its own are to be.
moveTemporaries()

/** They put a stand-in for a module of ours or of Node's in place, and so need modules of their own. */
const standIns = ["test/simulation/chaos/bite.test.ts", "test/adapters/node/StoragePowerCut.test.ts", "test/adapters/espruino/runtime.test.ts"]

const common = {
  globalSetup: "test/support/bundlePrograms.ts",
  // No test takes so long: it is there for one that hangs, on a machine as slow as they come.
  testTimeout: 180_000,
  // Tests that run beside each other do so because they wait.
  maxConcurrency: 8,
  hookTimeout: 180_000
}

export default defineConfig({
  test: {
    // The second reporter's only line is the last one of a run: `N passed, N failed`.
    reporters: ["default", "./test/support/countReporter.ts"],
    // Many tests wait for sockets and child processes: one worker more than cores keeps two cores busy.
    maxWorkers: 3,
    projects: [
      // A worker loads effect and our modules once, and not for each file: that was a quarter of the time.
      { test: { ...common, name: "tests", include: ["test/**/*.test.ts"], exclude: standIns, isolate: false } },
      { test: { ...common, name: "with stand-ins", include: standIns } }
    ]
  }
})
