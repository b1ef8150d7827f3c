/**
 * What a command may write to: a file with the right ending, that is not one of its inputs, and that belongs to nobody
 * else.
 *
 * Each refusal names the option, says what would be lost, and what to give instead. Nothing is opened for writing
 * before, and nothing is made: missing directories are made when the file is written, by every command.
 */
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Option from "effect/Option"
import * as Path from "effect/Path"
import type { PlatformError } from "effect/PlatformError"

export interface Kind {
  /** The option of the command line that names the file. */
  readonly option: string
  /** What the file becomes: "a report". */
  readonly what: string
  /** The ending of its name, in small letters: ".html". */
  readonly ending: string
  /** Whether a file with this content is an earlier output, which may be overwritten. */
  readonly isEarlier: (content: string) => boolean
}

/** Whether two paths lead to one file, by whatever names. */
const isSame = (one: string, other: string) =>
  Effect.gen(function*() {
    const files = yield* FileSystem.FileSystem
    const [first, second] = [yield* Effect.option(files.stat(one)), yield* Effect.option(files.stat(other))]
    if (Option.isNone(first) || Option.isNone(second)) return one === other
    return first.value.dev === second.value.dev && Option.isSome(first.value.ino)
      && Option.getOrUndefined(first.value.ino) === Option.getOrUndefined(second.value.ino)
  })

/** The name with the ending that it should have. */
const renamed = (file: string, ending: string): string => file.replace(/(?<=[^/\\])\.[^./\\]*$/, "") + ending

const reasons: Readonly<Record<string, string>> = {
  PermissionDenied: "this user may not write there",
  NotFound: "no directory can be made there",
  AlreadyExists: "something else is there"
}

/** Why a file could not be written, with the fix. */
export const unwritable = (option: string, file: string) => ({ reason }: PlatformError): string =>
  `${option} ${file} cannot be written (${
    reasons[reason._tag] ?? reason._tag
  }): give a file in a directory where this user may write`

/** The nearest directory that exists, above a file that does not. */
const nearest = (
  directory: string
): Effect.Effect<
  readonly [path: string, info: FileSystem.File.Info] | undefined,
  never,
  FileSystem.FileSystem | Path.Path
> =>
  Effect.gen(function*() {
    const files = yield* FileSystem.FileSystem
    const path = yield* Path.Path
    const info = yield* Effect.option(files.stat(directory))
    if (Option.isSome(info)) return [directory, info.value] as const
    const parent = path.dirname(directory)
    return parent === directory ? undefined : yield* nearest(parent)
  })

/** Why no file could be written at this path, with the fix; undefined: it can. */
export const placeFault = (
  option: string,
  file: string
): Effect.Effect<string | undefined, never, FileSystem.FileSystem | Path.Path> =>
  Effect.gen(function*() {
    const files = yield* FileSystem.FileSystem
    const path = yield* Path.Path
    const there = yield* nearest(path.resolve(file))
    if (there === undefined) return undefined
    const [place, { type }] = there
    const isFile = place === path.resolve(file)
    if (isFile && type === "Directory") return `${option} ${file} is a directory: give the name of a file in it`
    if (!isFile && type !== "Directory") {
      return `${option} ${file} cannot be written: ${
        path.relative(".", place)
      } is a file and not a directory; give another name`
    }
    const access = yield* Effect.result(files.access(place, { writable: true }))
    return access._tag === "Failure" ? unwritable(option, file)(access.failure) : undefined
  })

/** Why `file` may not be written to, with the fix; undefined: it may. `inputs` are the files that the command reads. */
export const fault = (
  { ending, isEarlier, option, what }: Kind,
  file: string,
  inputs: ReadonlyArray<string>
): Effect.Effect<string | undefined, never, FileSystem.FileSystem | Path.Path> =>
  Effect.gen(function*() {
    const files = yield* FileSystem.FileSystem
    for (const input of inputs) {
      if (
        yield* isSame(file, input)
      ) {
        return `${option} ${file} is a file that this command reads, and would be lost: give another name for ${what}, which ends in ${ending}`
      }
    }
    if (
      !file.toLowerCase().endsWith(ending)
    ) {
      return `${option} ${file} does not end in ${ending}, as ${what} does: give a name such as ${
        renamed(file, ending)
      }`
    }
    const wrong = yield* placeFault(option, file)
    if (wrong !== undefined) return wrong
    const stat = yield* Effect.option(files.stat(file))
    if (Option.isNone(stat) || stat.value.type !== "File") return undefined
    const content = yield* Effect.option(files.readFileString(file))
    if (Option.isNone(content) || content.value.trim() === "" || isEarlier(content.value)) return undefined
    return `${option} ${file} exists already and is not ${what} of Dormouse: move it away, or give another name`
  })

/** With its parents. Node's own recursive mkdir never ends if a parent answers ENOENT itself, as /proc does. */
export const makeDirectory = (
  directory: string
): Effect.Effect<void, PlatformError, FileSystem.FileSystem | Path.Path> =>
  Effect.gen(function*() {
    const files = yield* FileSystem.FileSystem
    const path = yield* Path.Path
    if (Option.isSome(yield* Effect.option(files.stat(directory)))) return
    const parent = path.dirname(directory)
    if (parent !== directory) yield* makeDirectory(parent)
    yield* files.makeDirectory(directory)
  })

/**
 * Writes the file, and makes its directory. `mode`: the permissions of a new file. Fails with the message for the user.
 */
export const write = (
  option: string,
  file: string,
  content: string,
  mode?: number
): Effect.Effect<void, string, FileSystem.FileSystem | Path.Path> =>
  Effect.gen(function*() {
    const files = yield* FileSystem.FileSystem
    const path = yield* Path.Path
    yield* makeDirectory(path.dirname(path.resolve(file)))
    yield* files.writeFileString(file, content, mode === undefined ? {} : { mode })
  }).pipe(Effect.mapError(unwritable(option, file)))
