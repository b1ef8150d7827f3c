/** Ends a run with the one line that a machine reads: `N passed, N failed`. A file that cannot be loaded has failed. */
import type { Reporter, TestModule } from "vitest/node"

export default class CountReporter implements Reporter {
  onTestRunEnd(modules: ReadonlyArray<TestModule>, unhandled: ReadonlyArray<unknown>): void {
    let passed = 0
    let failed = unhandled.length
    for (const module of modules) {
      failed += module.errors().length
      for (const test of module.children.allTests()) {
        const { state } = test.result()
        if (state === "passed") passed++
        if (state === "failed") failed++
      }
    }
    // After the other reporters' summary, which is written in this same turn.
    process.on("exit", () => console.log(`${passed} passed, ${failed} failed`))
  }
}
