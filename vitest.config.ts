import { defineConfig } from "vitest/config"

export default defineConfig({
  test: {
    globalSetup: "test/support/bundlePrograms.ts",
    include: ["test/**/*.test.ts"],
    // The second reporter's only line is the last one of a run: `N passed, N failed`.
    reporters: ["default", "./test/support/countReporter.ts"],
    // Many tests wait for sockets and child processes: one worker more than cores keeps two cores busy.
    maxWorkers: 3,
    // No test takes so long: it is there for one that hangs, on a machine as slow as they come.
    testTimeout: 180_000,
    hookTimeout: 180_000
  }
})
