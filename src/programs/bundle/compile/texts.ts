/**
 * Leaves out what is wrong with a packet in words: the packet's name and the clause of the specification stay.
 */
import type { PluginObj } from "@babel/core"
import { types as t } from "@babel/core"
import { member } from "./syntax.ts"

/** Which argument of a function is a sentence for people. */
const sentences: { readonly [name: string]: number } = { "Reader.malformed": 2, "Reader.violation": 2, "Writer.invalid": 3 }

export const texts = (): PluginObj => ({
  visitor: {
    CallExpression: ({ node }) => {
      const at = sentences[member(node.callee)?.join(".") ?? ""]
      if (at !== undefined && node.arguments.length > at) node.arguments[at] = t.stringLiteral("")
    }
  }
})
