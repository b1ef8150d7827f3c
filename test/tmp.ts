import * as Effect from "effect/Effect"
import * as True from "./support/trueDevice.ts"
import { rmSync } from "node:fs"
import * as Chromium from "./support/chromium.ts"
const file = "/tmp/ends/readings.db"
if (process.argv[2] === "make") {
  rmSync(file, { force: true })
  const base: True.Truth = { device: "pond", figures: { interpreterSpeed: 45, scanTime: 1_300 }, days: 20, percent: 96 }
  await Effect.runPromise(
    True.collect(file, [base, { ...base, device: "shed", percent: 60, figures: { sleepCurrent: 3 } }, {
      ...base,
      device: "balcony-north",
      days: 12,
      percent: undefined
    }])
  )
} else {
  const browser = await Chromium.launch()
  for (const [name, width, scheme] of [["sim", 1280, "light"], ["db", 1280, "light"], ["db", 375, "dark"]] as const) {
    const page = await browser.newPage({ viewport: { width, height: 900 }, colorScheme: scheme })
    await page.goto("file:///tmp/ends/" + name + ".html")
    await page.screenshot({ path: `/tmp/ends/${name}-${width}-${scheme}.png`, fullPage: true })
  }
  await browser.close()
}
