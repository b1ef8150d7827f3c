/**
 * What of the sources is for others: the files that `npm run docs:api` describes, and what of them has no description.
 */
import { parseSync, type types as t } from "@babel/core"
import { readdirSync, readFileSync } from "node:fs"
import * as path from "node:path"
import { fileURLToPath } from "node:url"

const root = fileURLToPath(new URL("../..", import.meta.url))

const all = (folder: string): ReadonlyArray<string> =>
  readdirSync(path.join(root, folder)).filter((name) => name.endsWith(".ts")).sort().map((name) => `${folder}/${name}`)

/** The Client, the library, the codec and the ports: paths below the repository. */
export const publicEntries: ReadonlyArray<string> = [
  ...["Client", "setup", "ServerUrl"].map((name) => `src/programs/client/${name}.ts`),
  ...["api", "library", "browser", "effectApi", "effect", "effectBrowser", "codec", "testing", "store"].map((name) =>
    `src/programs/library/${name}.ts`
  ),
  ...all("src/domain/packet"),
  ...all("src/domain/packet/v5"),
  ...all("src/ports")
]

const parsed = (text: string, file: string): ReadonlyArray<t.Statement> =>
  parseSync(text, {
    babelrc: false,
    configFile: false,
    browserslistConfigFile: false,
    filename: file,
    parserOpts: { plugins: ["typescript"], sourceType: "module" }
  })?.program.body ?? []

const namesOf = (declaration: t.Declaration): ReadonlyArray<string> =>
  declaration.type === "VariableDeclaration"
    ? declaration.declarations.map(({ id }) => id.type === "Identifier" ? id.name : "?")
    : "id" in declaration && declaration.id?.type === "Identifier" ? [declaration.id.name] : ["?"]

/** Whether the comment directly above is a description. The one at the beginning of a file describes the file. */
const isDescribed = ({ leadingComments }: t.Statement, isFirst: boolean): boolean => {
  const above = (leadingComments ?? []).slice(isFirst ? 1 : 0).at(-1)
  return above?.type === "CommentBlock" && above.value.startsWith("*") && above.value.length > 2
}

export type Read = (file: string) => string

const readSource: Read = (file) => readFileSync(path.join(root, file), "utf8")

/** `wanted` is undefined for all of them. What a package exports is described there. */
const findIn = (file: string, wanted: string | undefined, read: Read): ReadonlyArray<string> =>
  parsed(read(file), file).flatMap((statement, index) => {
    if (statement.type !== "ExportNamedDeclaration") return []
    const { declaration, source, specifiers } = statement
    if (declaration != null) {
      const names = namesOf(declaration).filter((name) => wanted === undefined || name === wanted)
      return isDescribed(statement, index === 0) ? [] : names.map((name) => `${file}: ${name}`)
    }
    if (source == null || !source.value.startsWith(".")) return []
    const from = path.posix.join(path.posix.dirname(file), source.value)
    return specifiers.flatMap((each) =>
      each.type !== "ExportSpecifier" || (wanted !== undefined && each.local.name !== wanted)
        ? []
        : findIn(from, each.local.name, read)
    )
  })

/** What these files export without a comment above that describes it: `file: name`. */
export const undescribed = (files: ReadonlyArray<string>, read: Read = readSource): ReadonlyArray<string> =>
  files.flatMap((file) => findIn(file, undefined, read))
