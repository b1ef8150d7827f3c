/**
 * Which modules a board gets in another form (which functions it loads when it needs them: `overlays`). One table: a
 * module of `src` on the left, its twin on the right.
 *
 * A twin exports the same names and is swapped in as soon as its file exists. The modules of effect have theirs in one
 * folder, name by name; a name that the device uses and the twin lacks is an error of the bundle.
 */
import { existsSync } from "node:fs"
import { join } from "node:path"

/** The folder of the device-sized runtime: `effect/Ref` is `Ref.ts` there. */
export const runtimeFolder = "adapters/espruino/runtime"

const twins: { readonly [module: string]: string } = {
  "domain/bytes/Bytes.ts": "adapters/espruino/bytes/Bytes.ts",
  "domain/packet/Incoming.ts": "adapters/espruino/bytes/Incoming.ts",
  "domain/packet/Outgoing.ts": "adapters/espruino/bytes/Outgoing.ts",
  "domain/bytes/Text.ts": "adapters/espruino/bytes/Text.ts",
  "domain/bytes/Json.ts": "adapters/espruino/bytes/Json.ts",
  "domain/config/Contents.ts": "adapters/espruino/twins/contents.ts",
  "domain/bytes/Crc32.ts": "adapters/espruino/bytes/Crc32.ts",
  "domain/config/Ability.ts": "adapters/espruino/twins/Ability.ts",
  "domain/state/patch.ts": "adapters/espruino/twins/patch.ts",
  "domain/bytes/Hmac.ts": "adapters/espruino/bytes/Hmac.ts",
  "domain/packet/ConnectionRefused.ts": "adapters/espruino/bytes/ConnectionRefused.ts",
  "domain/wake/maximumPacketSize.ts": "adapters/espruino/twins/maximumPacketSize.ts",
  "domain/wake/known.ts": "adapters/espruino/twins/known.ts",
  "domain/wake/fullConfig.ts": "adapters/espruino/twins/fullConfig.ts",
  "programs/device/journal.ts": "adapters/espruino/twins/journal.ts"
}

/** For a board that sleeps: it need not know how to stay on. */
const sleepingTwins: { readonly [module: string]: string } = {
  "programs/device/alwaysOn.ts": "adapters/espruino/stubs/alwaysOn.ts",
  "programs/device/answering.ts": "adapters/espruino/stubs/answering.ts",
  "domain/wake/commands.ts": "adapters/espruino/stubs/commands.ts",
  "programs/device/withDeadline.ts": "adapters/espruino/stubs/withDeadline.ts"
}

/** For a board whose sensors are read at each wake: every wake has something to say. */
const steadyTwins: { readonly [module: string]: string } = {
  "domain/wake/quiet.ts": "adapters/espruino/stubs/quiet.ts"
}

/** The twin of `path` (absolute), if it has one under `source`, the folder src. A twin may import what it replaces. */
export const twinOf = (source: string, path: string, sleeps = false, steady = false): string | undefined => {
  for (
    const [module, twin] of Object.entries({
      ...twins,
      ...(sleeps ? sleepingTwins : {}),
      ...(steady ? steadyTwins : {})
    })
  ) {
    if (join(source, module) === path) {
      const swapped = join(source, twin)
      return existsSync(swapped) ? swapped : undefined
    }
  }
  return undefined
}
