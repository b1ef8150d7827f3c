#!/usr/bin/env node
// The command `dormouse`: built, from dist. In a checkout it is built when it is first called and when the sources have
// changed since; where it cannot be built or written, it starts from its sources, which takes longer.
import { existsSync } from "node:fs"

const built = new URL("../dist/dormouse.js", import.meta.url)
const checkout = new URL("../tsconfig.json", import.meta.url)

const isReady = async () => {
  if (!existsSync(checkout)) return existsSync(built)
  try {
    const { build, isFresh } = await import("./build.js")
    if (!isFresh()) await build()
    return true
  } catch {
    return false
  }
}

if (await isReady()) await import(built.href)
else {
  const { register } = await import("tsx/esm/api")
  register()
  await import("../src/programs/dormouse.ts")
}
