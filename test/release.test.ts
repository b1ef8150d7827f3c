/** `npm run release` in a clone of this repository: what it refuses, what it says, and a version for real. */
import { execFileSync, spawnSync } from "node:child_process"
import * as fs from "node:fs"
import { tmpdir } from "node:os"
import * as path from "node:path"
import { fileURLToPath } from "node:url"
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest"

const root = fileURLToPath(new URL("..", import.meta.url))
const clone = fs.mkdtempSync(path.join(fs.realpathSync(tmpdir()), "dormouse-release-"))

/** No settings of the user who runs the tests: no hooks, no signatures, a fixed name. */
const env = {
  ...process.env,
  GIT_CONFIG_GLOBAL: "/dev/null",
  GIT_CONFIG_NOSYSTEM: "1",
  GIT_AUTHOR_NAME: "Test",
  GIT_AUTHOR_EMAIL: "test@example.org",
  GIT_COMMITTER_NAME: "Test",
  GIT_COMMITTER_EMAIL: "test@example.org"
}

const git = (...args: ReadonlyArray<string>): string =>
  execFileSync("git", args, { cwd: clone, encoding: "utf8", env, stdio: "pipe" }).trim()

const at = (file: string): string => path.join(clone, file)
const read = (file: string): string => fs.readFileSync(at(file), "utf8")

interface Ended {
  readonly code: number | null
  readonly out: string
  readonly err: string
}

const release = (...args: ReadonlyArray<string>): Ended => {
  const command = [at("bin/release.js"), ...args]
  const { status, stderr, stdout } = spawnSync(process.execPath, command, { cwd: clone, encoding: "utf8", env })
  return { code: status, out: stdout, err: stderr }
}

/** Neither sources nor what `git add` would take. */
const leftOut = ["node_modules", ".git", "dist", "coverage"]

/** Where every test begins. */
const state = (): string =>
  ["status --porcelain", "rev-parse main", "tag", "branch --show-current"].map((words) => git(...words.split(" ")))
    .join("\n")

afterAll(() => fs.rmSync(clone, { recursive: true, force: true }))

const hasGit = spawnSync("git", ["--version"]).error === undefined

describe.skipIf(!hasGit)("npm run release", () => {
  /** A repository of its own with what is here, committed or not, so that this is what is tested. */
  beforeAll(() => {
    for (const name of fs.readdirSync(root).filter((name) => !leftOut.includes(name))) {
      fs.cpSync(path.join(root, name), at(name), { recursive: true })
    }
    fs.symlinkSync(path.join(root, "node_modules"), at("node_modules"), "junction")
    git("init", "-q", "-b", "main")
    git("add", "-A")
    git("commit", "-q", "-m", "All there is")
  })

  let before = ""
  beforeEach(() => {
    before = state()
  })

  it.each<readonly [args: ReadonlyArray<string>, said: RegExp]>([
    [[], /^give one version: npm run release -- 0\.2\.0/],
    [["1000.0.0", "1000.0.1"], /^give one version/],
    [["1000.0"], /^1000\.0 is no version by semver\.org/],
    [["v1000.0.0"], /is no version/],
    [["1000.00.0"], /is no version/],
    [["1000.0.0-01"], /is no version/],
    [["0.0.9"], /^0\.0\.9 is not higher than \d/],
    [["1000.0.0", "--publish"], /^Unknown option '--publish'/]
  ])("refuses %j", (args, said) => {
    const { code, err, out } = release(...args)
    expect([code, out]).toEqual([1, ""])
    expect(err).toMatch(said)
    expect(err).not.toContain("    at ")
    expect(state()).toBe(before)
  })

  it("refuses a dirty tree, another branch, a tag that is there and an empty section", () => {
    const dry = () => release("1000.0.0", "--dry-run").err
    fs.writeFileSync(at("new.txt"), "")
    expect(dry()).toMatch(/^there are changes that are not committed[^]*\?\? new\.txt/)
    fs.rmSync(at("new.txt"))
    git("checkout", "-q", "-b", "other")
    expect(dry()).toMatch(/^this is the branch other: a version is made on main/)
    git("checkout", "-q", "main")
    git("tag", "v1000.0.0")
    expect(dry()).toMatch(/^the tag v1000\.0\.0 is there already/)
    git("tag", "-d", "v1000.0.0")
    git("branch", "-D", "other")
    expect(state()).toBe(before)
    for (
      const [text, said] of [
        ["# Changelog\n\n## Unreleased\n\n### Added\n\n## 0.1.0 - 2020-01-01\n\n- Old.\n", /^"Unreleased" .* is empty/],
        ["# Changelog\n\n## Unreleased\n", /^"Unreleased" .* is empty/],
        ["# Changelog\n", /^CHANGELOG\.md has no section/]
      ] as const
    ) {
      fs.writeFileSync(at("CHANGELOG.md"), text)
      git("commit", "-qam", "Empty")
      expect(dry()).toMatch(said)
      git("reset", "-q", "--hard", "HEAD~1")
    }
  })

  it("says what it would do, and changes nothing", () => {
    const { code, err, out } = release("1000.0.0", "--dry-run")
    expect([code, err]).toEqual([0, ""])
    expect(out).toContain("write CHANGELOG.md, package.json, package-lock.json, src/domain/version.ts\n")
    const steps = ["run npm run test:all", "pack dormouse-1000.0.0.tgz, dormouse-mqtt-1000.0.0.tgz", "commit",
      "tag v1000.0.0"]
    expect(out).toContain(steps.map((step) => `  ${step}\n`).join("") + "Nothing is changed.")
    expect(state()).toBe(before)
  })

  type Spoil = (text: string) => string
  it.each<readonly [what: string, file: string, spoil: Spoil, args: ReadonlyArray<string>, said: RegExp]>([
    ["test", "package.json", (text) => text.replace(/("test:all": ").*"/, "$1exit 1\""), [],
      /^npm run test:all failed/m],
    ["build", "bin/build.js", () => "process.exit(1)\n", ["--no-test"], /^npm pack --ignore-scripts=false failed/m],
    ["library", "src/programs/library/codec.ts", () => "export const bytes: number = \"\"\n", ["--no-test"],
      /^npm run build:library failed: the library does not compile:\nsrc/m]
  ])("puts the files back when a %s fails", (_, file, spoil, args, said) => {
    fs.writeFileSync(at(file), spoil(read(file)))
    git("commit", "-qam", "Something that fails")
    const broken = state()
    const { code, err } = release("1000.0.0", ...args)
    expect(code).toBe(1)
    expect(err).toMatch(said)
    expect(state()).toBe(broken)
    git("reset", "-q", "--hard", "HEAD~1")
  })

  it("makes the version: changelog, three numbers, a commit, a tag and a package, and then a higher one", () => {
    const notes = /## Unreleased\n([^]*?)(?=\n## |$(?![^]))/.exec(read("CHANGELOG.md"))?.[1] as string
    const began = new Date()
    const { code, err, out } = release("1000.0.0-rc.1", "--no-test")
    expect([code, err]).toEqual([0, ""])
    expect(out).toContain("git push origin main v1000.0.0-rc.1")
    expect(git("status", "--porcelain")).toBe("")
    expect(git("log", "-1", "--format=%s")).toBe("Release 1000.0.0-rc.1")
    expect(git("rev-parse", "v1000.0.0-rc.1^{commit}")).toBe(git("rev-parse", "main"))
    const date = /^## Unreleased\n\n## 1000\.0\.0-rc\.1 - (\S+)\n/m.exec(read("CHANGELOG.md"))?.[1]
    expect([began, new Date()].map((time) => time.toISOString().slice(0, 10))).toContain(date)
    expect(read("CHANGELOG.md")).toContain(notes)
    // Nothing but the numbers: not one other line of the lockfile.
    const changed = git("diff", "--numstat", "HEAD~1").replaceAll("\t", " ").split("\n")
    expect([...changed].sort()).toEqual([
      "1 1 package.json",
      "1 1 src/domain/version.ts",
      "2 0 CHANGELOG.md",
      "2 2 package-lock.json"
    ])
    expect(read("src/domain/version.ts")).toContain("export const version = \"1000.0.0-rc.1\"")
    const listed = execFileSync("tar", ["-tzf", at("dormouse-1000.0.0-rc.1.tgz")], { encoding: "utf8" })
    expect(listed).toContain("package/dist/dormouse.js")
    const library = ["-xzOf", at("dormouse-mqtt-1000.0.0-rc.1.tgz"), "package/package.json"]
    expect(execFileSync("tar", library, { encoding: "utf8" })).toContain("\"version\": \"1000.0.0-rc.1\"")
    // The section is empty now; and a release is higher than its candidates.
    expect(release("1000.0.0", "--dry-run").err).toMatch(/^"Unreleased" in CHANGELOG\.md is empty/)
    expect(release("1000.0.0-rc.0", "--dry-run").err).toMatch(/is not higher than 1000\.0\.0-rc\.1/)
    expect(release("1000.0.0-rc", "--dry-run").err).toMatch(/is not higher/)
    expect(release("1000.0.0-2", "--dry-run").err).toMatch(/is not higher/)
    expect(release("1000.0.0-rc.10", "--dry-run").err).toMatch(/^"Unreleased"/)
  })
})
