import { defineConfig } from "vitest/config"

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    // The second reporter's only line is the last one of a run: `N passed, N failed`.
    reporters: ["default", "./test/support/countReporter.ts"],
    testTimeout: 30_000,
    hookTimeout: 30_000
  }
})
