import { defineConfig } from "vitest/config"

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    // The second reporter's only line is the last one of a run: `N passed, N failed`.
    reporters: ["default", "./test/support/countReporter.ts"],
    // Most tests wait for sockets and child processes: two workers keep even one core busy.
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 60_000
  }
})
