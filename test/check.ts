/** `npm run check`: types, Effect's diagnostics, lint, format. Prints what is wrong, and nothing when all is well. */
import { checks } from "./support/checks.ts"

const found = await Promise.all(checks.map(({ run }) => run()))
for (const wrong of found) if (wrong !== "") process.stderr.write(wrong.trimEnd() + "\n")
process.exitCode = found.some((wrong) => wrong !== "") ? 1 : 0
