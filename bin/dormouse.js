#!/usr/bin/env node
// The command `dormouse`: as `npm run build` made it, or else from its sources, which takes longer to start.
import { existsSync } from "node:fs"

const built = new URL("../dist/dormouse.js", import.meta.url)

if (existsSync(built)) await import(built.href)
else {
  const { register } = await import("tsx/esm/api")
  register()
  await import("../src/programs/dormouse.ts")
}
