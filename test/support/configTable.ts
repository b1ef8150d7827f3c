/** The configuration table of docs/configuration.md. Print it with `npx tsx test/support/configTable.ts`. */
import { pathToFileURL } from "node:url"
import { configDocs } from "../../src/domain/config/configDocs.ts"

const cell = (text: string): string => text.replaceAll("|", "\\|")

export const configTable = [
  "| key | default | meaning | values |",
  "|---|---|---|---|",
  ...configDocs.map(({ default: fallback, key, meaning, range }) =>
    `| \`${key}\` | ${cell(fallback)} | ${cell(meaning)} | ${cell(range)} |`
  )
].join("\n")

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) console.log(configTable)
