/** Fills in `{mac}` in a configuration, JSON. A board whose texts do not have it does without. */
import { mac } from "./mac.ts"

export const named = (json: string): string => json.split("{mac}").join(mac())
