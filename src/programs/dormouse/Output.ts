/**
 * What a command may write to: a file that is of its kind by name, is none of its inputs, and holds nothing of another's.
 *
 * Each refusal names the option, says what would be lost, and what to give instead. Nothing is opened for writing before.
 */
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Option from "effect/Option"

export interface Kind {
  /** The option of the command line that names the file. */
  readonly option: string
  /** What the file becomes: "a report". */
  readonly what: string
  /** The ending of its name, in small letters: ".html". */
  readonly ending: string
  /** Whether a file with this content is an earlier output, which may be written over. */
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

/** Why `file` may not be written to, with the fix; undefined: it may. `inputs` are the files that the command reads. */
export const fault = (
  { ending, isEarlier, option, what }: Kind,
  file: string,
  inputs: ReadonlyArray<string>
): Effect.Effect<string | undefined, never, FileSystem.FileSystem> =>
  Effect.gen(function*() {
    const files = yield* FileSystem.FileSystem
    for (const input of inputs) {
      if (yield* isSame(file, input)) return `${option} ${file} is a file that this command reads, and would be lost: give another name for ${what}, which ends in ${ending}`
    }
    if (!file.toLowerCase().endsWith(ending)) return `${option} ${file} does not end in ${ending}, as ${what} does: give a name such as ${file.replace(/(?<=[^/\\])\.[^./\\]*$/, "")}${ending}`
    const stat = yield* Effect.option(files.stat(file))
    if (Option.isNone(stat)) return undefined
    if (stat.value.type === "Directory") return `${option} ${file} is a directory: give the name of a file in it, which ends in ${ending}`
    if (stat.value.type !== "File") return undefined
    const content = yield* Effect.option(files.readFileString(file))
    if (Option.isNone(content) || content.value.trim() === "" || isEarlier(content.value)) return undefined
    return `${option} ${file} is there already and is not ${what} of Dormouse: move it away, or give another name`
  })
