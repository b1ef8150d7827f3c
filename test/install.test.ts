/** `npm ci` on the oldest Node that is promised: every package of the lockfile runs there, by its own word. */
import { createRequire } from "node:module"
import { readFileSync } from "node:fs"
import * as path from "node:path"
import { expect, it } from "vitest"

interface Package {
  readonly engines?: { readonly node?: string }
  readonly optional?: boolean
}

const root = path.join(import.meta.dirname, "..")
const read = <T>(file: string): T => JSON.parse(readFileSync(path.join(root, file), "utf8")) as T

/** Babel's, which npm's is a younger one of. */
const { satisfies } = createRequire(import.meta.url)("semver") as {
  readonly satisfies: (version: string, range: string) => boolean
}

it("asks of no Node that is promised for a newer one", () => {
  const { engines } = read<Package>("package.json")
  expect(engines?.node).toBe(">=20.19")
  const { packages } = read<{ readonly packages: Readonly<Record<string, Package>> }>("package-lock.json")
  // npm leaves out, without a word, an optional one that does not run here.
  const refused = Object.entries(packages).flatMap(([name, { engines, optional }]) =>
    ["20.19.0", "22.12.0", "24.0.0"].filter((node) =>
      optional !== true && engines?.node !== undefined && !satisfies(node, engines.node)
    ).map((node) => name + " on Node " + node)
  )
  expect(refused).toEqual([])
})
