/**
 * In place of src/programs/bundle/build.ts, where the tests' `dormouse bundle` loads it: with what other tests have
 * made. Not in `npm run test:all`.
 */
import * as Build from "../../src/programs/bundle/build.ts"
import { sharing } from "./keptScripts.ts"

export const buildBoard: typeof Build.buildBoard = (config, options) =>
  Build.buildBoard(config, { ...options, ...sharing() })
