/**
 * The twin of programs/device/known.ts for a board: a document is not read to find that it is the one judged last, nor its version
 * believed before it has been read to its end. What is to be judged is read here, where the stack is not yet deep.
 */
import * as ConfigUpdate from "../../domain/ConfigUpdate.ts"
import * as TwoTopics from "../../domain/TwoTopics.ts"
import type * as Original from "../../programs/device/known.ts"
import { look } from "./look.ts"

export const known: typeof Original.known = (memory, update) =>
  update.announced !== undefined ? TwoTopics.unremarkable(update) ?? look(memory, update)
  : !update.document ? undefined
  : ConfigUpdate.mark(update) === memory.state.refusedUpdate ? "this configuration was judged before"
  : look(memory, update)
