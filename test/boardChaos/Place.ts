/**
 * Where a run keeps its flash images. Those of lives that go on are gone when the run ends; that of a life in which a
 * promise was broken stays, beside them. A run that was killed could not tidy up: the next one does.
 */
import { copyFileSync, mkdirSync, readdirSync, rmdirSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import * as path from "node:path"
import * as RunFolder from "../support/runFolder.ts"

const prefix = "dormouse-chaos-board-"

/** What is gone with its run. */
const lane = "lane-"

export interface Place {
  /** A directory for the lives of a Server's address. */
  readonly lane: (host: string) => string
  /** Keeps a copy of this image; gives where. */
  readonly keep: (image: string) => string
  /** Removes all that is not kept. */
  readonly clear: () => void
}

/** Removes the lanes of a run, and its directory where nothing was kept. */
const tidy = (root: string): void => {
  try {
    for (const name of readdirSync(root).filter((each) => each.startsWith(lane))) {
      // An interpreter of a run that was interrupted may be writing its image.
      rmSync(path.join(root, name), { recursive: true, force: true, maxRetries: 10, retryDelay: 20 })
    }
    rmdirSync(root)
  } catch {
    // Images are kept there, or another run has tidied up.
  }
}

export const make = (base = tmpdir()): Place => {
  for (const directory of RunFolder.left(base, prefix)) tidy(directory)
  const root = RunFolder.make(base, prefix)
  return {
    lane: (host) => {
      const directory = path.join(root, lane + host)
      mkdirSync(directory, { recursive: true })
      return directory
    },
    keep: (image) => {
      const kept = path.join(root, path.basename(image))
      copyFileSync(image, kept)
      return kept
    },
    clear: () => tidy(root)
  }
}
