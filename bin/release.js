/**
 * `npm run release -- 0.2.0`: a version, from the changelog to the packages: the program, and the library. It changes files, tests, packs, commits and
 * tags here, and never pushes or publishes: at the end it says what is left to do. `--dry-run` only says what it
 * would do; `--no-test` leaves out the tests. When a step fails, the files are put back as they were.
 */
import { spawnSync } from "node:child_process"
import { readFileSync, rmSync, writeFileSync } from "node:fs"
import * as path from "node:path"
import { fileURLToPath } from "node:url"
import { parseArgs } from "node:util"

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)))

/** What the user can mend. */
class Refusal extends Error {}

const refuse = (message) => {
  throw new Refusal(message)
}

/** Runs a program in the checkout. Gives what it printed, unless that goes to the terminal. */
const run = (command, args, stdio = "pipe") => {
  const shell = process.platform === "win32" && command === "npm"
  const { error, status, stderr, stdout } = spawnSync(command, args, { cwd: root, encoding: "utf8", stdio, shell })
  if (error !== undefined) refuse(`${command} does not run: ${error.message}`)
  if (status !== 0) refuse(`${[command, ...args].join(" ")} failed${stderr ? ": " + stderr.trim() : ""}`)
  return (stdout ?? "").trim()
}

/** Three numbers and the parts of a prerelease (semver 2.0). Build metadata is refused: it orders nothing. */
const parts = (version) => {
  const number = "(0|[1-9]\\d*)"
  const found = new RegExp(`^${number}\\.${number}\\.${number}(?:-([0-9a-z-]+(?:\\.[0-9a-z-]+)*))?$`, "i").exec(version)
  const prerelease = found?.[4]?.split(".") ?? []
  if (found === null || prerelease.some((part) => /^0\d+$/.test(part))) {
    return refuse(`${version} is no version by semver.org: give three numbers, as in 0.2.0, or 0.2.0-rc.1`)
  }
  return { numbers: found.slice(1, 4).map(Number), prerelease }
}

/** Numbers come before words, and a longer row after its beginning (semver 2.0, 11.4). */
const comparePart = (a, b) => {
  const [x, y] = [a, b].map((part) => part === undefined ? -1 : /^\d+$/.test(part) ? Number(part) : Infinity)
  return x !== y ? Math.sign(x - y) : x === Infinity ? (a < b ? -1 : a > b ? 1 : 0) : 0
}

const isHigher = (version, present) => {
  const [a, b] = [parts(version), parts(present)]
  const byNumber = a.numbers.map((number, i) => number - b.numbers[i]).find((difference) => difference !== 0)
  if (byNumber !== undefined) return byNumber > 0
  if (a.prerelease.length === 0 || b.prerelease.length === 0) return a.prerelease.length < b.prerelease.length
  const longer = Math.max(a.prerelease.length, b.prerelease.length)
  const order = Array.from({ length: longer }, (_, i) => comparePart(a.prerelease[i], b.prerelease[i]))
  return (order.find((each) => each !== 0) ?? 0) > 0
}

/** The file's text with its one `from` replaced. */
const replaced = (text, from, to, file) =>
  text.split(from).length === 2 ? text.replace(from, to) : refuse(`${file} must hold ${from} once`)

/** The changelog with a heading for the version between "Unreleased" and what stands below it. */
const released = (changelog, version) => {
  const below = /^## Unreleased\r?\n([^]*?)(?=^## |(?![^]))/m.exec(changelog)?.[1]
  if (below === undefined) return refuse("CHANGELOG.md has no section \"## Unreleased\"")
  const isEmpty = below.replace(/^#.*$/gm, "").trim() === ""
  if (isEmpty) refuse("\"Unreleased\" in CHANGELOG.md is empty: say there what is new")
  const today = new Date().toISOString().slice(0, 10)
  return changelog.replace(/^## Unreleased$/m, `## Unreleased\n\n## ${version} - ${today}`)
}

/** What each file is to hold: path -> texts before and after. */
const changes = (version, present) => {
  const read = (file) => readFileSync(path.join(root, file), "utf8")
  const change = (file, edit) => [file, { before: read(file), after: edit(read(file)) }]
  const renumber = (file, statement) =>
    change(file, (text) => replaced(text, statement(present), statement(version), file))
  const renumberLock = (text) => {
    const lock = JSON.parse(text)
    lock.version = version
    lock.packages[""].version = version
    return JSON.stringify(lock, null, 2) + "\n"
  }
  return new Map([
    change("CHANGELOG.md", (text) => released(text, version)),
    renumber("package.json", (number) => `"version": "${number}"`),
    change("package-lock.json", renumberLock),
    renumber("src/domain/version.ts", (number) => `export const version = "${number}"`)
  ])
}

/** Refuses a checkout that is not what others have, or will have. */
const checkTree = (tag) => {
  const branch = run("git", ["branch", "--show-current"])
  const here = branch === "" ? "no branch" : "the branch " + branch
  if (branch !== "main") refuse(`this is ${here}: a version is made on main`)
  const dirty = run("git", ["status", "--porcelain"])
  if (dirty !== "") refuse("there are changes that are not committed: commit them, or put them aside\n" + dirty)
  if (run("git", ["tag", "--list", tag]) !== "") refuse(`the tag ${tag} is there already: choose a higher version`)
}

const carryOut = (files, { archives, isTested, tag, version }) => {
  const write = (side) => files.forEach((texts, file) => writeFileSync(path.join(root, file), texts[side]))
  // Ctrl-C ends the tests, and then the files are put back.
  process.on("SIGINT", () => {})
  try {
    write("after")
    if (isTested) run("npm", ["run", "test:all"], "inherit")
    run("npm", ["pack", "--ignore-scripts=false"])
    run("npm", ["run", "build:library"])
    run("npm", ["pack", "./dist/library"])
    run("git", ["commit", "-q", "-m", `Release ${version}`, "--", ...files.keys()])
  } catch (failure) {
    write("before")
    for (const archive of archives) rmSync(path.join(root, archive), { force: true })
    throw failure
  }
  run("git", ["tag", "-a", tag, "-m", `Dormouse ${version}`])
}

const tellPlan = (files, { archives, isTested, present, tag, version }) => {
  const tests = isTested ? ["run npm run test:all"] : []
  const steps = [`write ${[...files.keys()].join(", ")}`, ...tests, `pack ${archives.join(", ")}`, "commit",
    `tag ${tag}`]
  const lines = steps.map((step) => "  " + step).join("\n")
  console.log(`${present} -> ${version}. Without --dry-run this would\n${lines}\nNothing is changed.`)
}

const tellNext = ({ archives: [archive, library], present, tag, version }) =>
  console.log(`${present} -> ${version}: packed into ${archive} and ${library}, committed, tagged ${tag}.
Nothing has left this machine. Next:
  git show ${tag}                 look at it
  git push origin main ${tag}     give it to others
  npm install -g ./${archive}     use it
  npm install ./${library}        use the library in a program
npm publish refuses the first as long as package.json says "private".`)

const main = () => {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: { "dry-run": { type: "boolean", default: false }, "no-test": { type: "boolean", default: false } }
  })
  const [version] = positionals
  if (version === undefined || positionals.length > 1) {
    refuse("give one version: npm run release -- 0.2.0 [--dry-run] [--no-test]")
  }
  const present = JSON.parse(readFileSync(path.join(root, "package.json"), "utf8")).version
  if (!isHigher(version, present)) refuse(`${version} is not higher than ${present}, the present version`)
  const tag = "v" + version
  checkTree(tag)
  const files = changes(version, present)
  const archives = [`dormouse-${version}.tgz`, `dormouse-mqtt-${version}.tgz`]
  const plan = { archives, isTested: !values["no-test"], present, tag, version }
  if (values["dry-run"]) return tellPlan(files, plan)
  carryOut(files, plan)
  tellNext(plan)
}

try {
  main()
} catch (failure) {
  if (!(failure instanceof Refusal) && failure.code?.startsWith("ERR_PARSE_ARGS") !== true) throw failure
  console.error(failure.message)
  process.exitCode = 1
}
