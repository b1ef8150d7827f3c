/**
 * `dormouse schema`: the JSON Schema of a device's file, for editors.
 */
import * as Effect from "effect/Effect"
import { text } from "../../domain/config/configJsonSchema.ts"

/** What the command does. */
export const handle = () => Effect.sync(() => void process.stdout.write(text))
