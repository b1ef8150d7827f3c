/**
 * Regular expressions: the interpreter has its own small engine.
 */
import type { Rule } from "./Rule.ts"

/**
 * Whether a pattern needs more than the engine supports. Escapes and classes are skipped, so that only operators count.
 */
const isTooRich = (pattern: string): boolean => {
  let inClass = false
  for (let i = 0; i < pattern.length; i++) {
    const character = pattern.charAt(i)
    const following = pattern.charAt(i + 1)
    if (character === "\\") {
      if (!inClass && (following >= "1" && following <= "9" || following === "k")) return true
      i++
    } else if (inClass) {
      inClass = character !== "]"
    } else if (character === "[") {
      inClass = true
    } else if (character === "(" && following === "?") {
      return true
    } else if ("+*?".includes(character) && following === "?") {
      return true
    } else if (character === "{" && following >= "0" && following <= "9") {
      return true
    }
  }
  return false
}

export const regexpRules: ReadonlyArray<Rule> = [
  {
    name: "regular expression",
    fix: "it does not support (?, lazy, {n} or back-references; use indexOf and slice",
    trips: (path) => path.isRegExpLiteral() && isTooRich(path.node.pattern)
  }
]
