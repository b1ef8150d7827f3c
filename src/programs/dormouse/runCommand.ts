/**
 * A command as a program of its own: the command line in, the exit code out.
 *
 * 0: done. 1: a mistake on the command line or in a file, or a failure, which was reported in one line. 130: Ctrl-C.
 */
import * as NodeRuntime from "@effect/platform-node-shared/NodeRuntime"
import * as NodeServices from "./services.ts"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as CliConfig from "effect/cli/CliConfig"
import type * as CliError from "effect/cli/CliError"
import * as CliOutput from "effect/cli/CliOutput"
import * as Command from "effect/cli/Command"
import * as GlobalFlag from "effect/cli/GlobalFlag"
import type { HelpDoc } from "effect/cli/HelpDoc"
import * as path from "node:path"
import { fileURLToPath } from "node:url"
import { version } from "../../domain/version.ts"

/** Broken lines and suggestions as one line. */
const oneLine = (message: string): string => {
  const [what, ...hints] = message.split("\n").map((line) => line.trim()).filter((line) =>
    line !== "" && line !== "Did you mean this?"
  )
  return hints.length === 0 ? what as string : what + "; did you mean " + hints.join(" or ") + "?"
}

/** The library's words for something that is not a number. */
const inPlainWords = (message: string): string =>
  message.replace("Expected a string representing a finite number", "Expected: a number").replace("Expected an integer",
    "Expected: a whole number")

/** Most commands take a device's file with --config, and `check` without it: a user who mixes this up gets a hint. */
const hintOf = (error: CliError.NonShowHelpErrors, { args = [], commandPath = [], flags }: HelpDoc): string => {
  const takesConfig = flags.some(({ name }) => name === "config") && !process.argv.includes("--config")
  const isLost = error._tag === "UnexpectedArgument" ||
    (error._tag === "MissingOption" && error.option === "config" && args.length === 0)
  const file = isLost
    ? process.argv.slice(2).find((argument, index, all) =>
      argument.endsWith(".json") && !all[index - 1]?.startsWith("--")
    ) : undefined
  if (file !== undefined && takesConfig) return "; did you mean --config " + file + "?"
  const isFile = error._tag === "UnrecognizedOption" && error.option === "--config" &&
    args.some(({ name }) => name === "file")
  return isFile ? "; the file is given without it: " + commandPath.join(" ") + " FILE" : ""
}

/** A wrong command line is answered with its mistakes only, not with a page of help. */
export const presenter = CliOutput.layerPresenter({
  present: (event) =>
    event._tag === "InvalidInvocation"
      ? Effect.forEach(event.errors, (error) =>
        Console.error(
          inPlainWords(oneLine(error.message)) + hintOf(error, event.helpDoc) + " (--help lists the options)"
        ), {
        discard: true
      })
      : CliOutput.defaultPresenter.present(event)
})

/** What every command has by itself. */
export const cli = CliConfig.layer({ builtIns: [GlobalFlag.Help, GlobalFlag.Version, GlobalFlag.Completions] })

/**
 * Whether the program in the module with this URL was started, and not only imported: by its name, because a bundle of
 * it has another ending.
 */
export const isMain = (url: string): boolean => {
  const name = (file: string) => path.basename(file).replace(/\.[cm]?[jt]s$/, "")
  return name(process.argv[1] ?? "") === name(fileURLToPath(url))
}

/** Runs the command with the arguments of this process, and ends the process with its exit code. */
export const run = <Name extends string, Input, ContextInput, E>(
  command: Command.Command<Name, Input, ContextInput, E, Command.Environment>
): void => {
  // A reader that has seen enough (`| head`) is no failure.
  process.stdout.on("error", (fault: NodeJS.ErrnoException) => {
    if (fault.code === "EPIPE") process.exit(0)
    process.stderr.write("the output cannot be written: " + fault.message + "\n")
    process.exit(1)
  })
  Command.run(command, { version }).pipe(
    Effect.provide(Layer.mergeAll(presenter, cli, NodeServices.layer)),
    NodeRuntime.runMain
  )
}
