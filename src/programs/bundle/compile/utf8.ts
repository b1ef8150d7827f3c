/**
 * Texts as the board has them: their UTF-8 bytes, one character for each, because the interpreter knows nothing else
 * about a text.
 *
 * In a module the bytes are written as `\x` escapes. What a module itself writes as `\x` is such a byte already.
 */
import type { PluginObj } from "@babel/core"
import { parseSync, types as t } from "@babel/core"

const beyondAscii = /[\u0080-\uffff]/
const beyondBytes = /[\u0100-\uffff]/

/** A text as its UTF-8 bytes, a character for each. */
export const toBytes = (text: string): string => beyondAscii.test(text) ? Buffer.from(text).toString("latin1") : text

/** The same JSON with its texts and keys as bytes. */
export const jsonToBytes = (json: string): string =>
  JSON.stringify(JSON.parse(json, (_, value: unknown) =>
    typeof value === "string" ? toBytes(value)
      : value !== null && typeof value === "object" && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).map(([key, each]) => [toBytes(key), each]))
      : value))

const toEscapes = (text: string): string =>
  [...Buffer.from(text)].map((byte) => "\\x" + byte.toString(16).padStart(2, "0")).join("")

/**
 * Of what stands between the quotes of a literal. Escapes that follow each other may be the two halves of one
 * character.
 */
const rawToBytes = (raw: string): string =>
  raw.replace(/(?:\\u\{[0-9a-fA-F]+\}|\\u[0-9a-fA-F]{4})+|\\[\s\S]|[\u0080-\uffff]+/g, (found) => {
    if (found.startsWith("\\") && !found.startsWith("\\u")) return found
    const text = found.replace(/\\u\{?([0-9a-fA-F]+)\}?/g, (_, hex: string) => String.fromCodePoint(parseInt(hex, 16)))
    return beyondAscii.test(text) ? toEscapes(text) : found
  })

/** What a literal holds. */
const cookedOf = (literal: string): string => {
  const file = parseSync("(" + literal + ")", { babelrc: false, configFile: false, sourceType: "script" }) as t.File
  const { expression } = file.program.body[0] as t.ExpressionStatement
  return t.isTemplateLiteral(expression) ? expression.quasis[0]?.value.cooked ?? ""
    : (expression as t.StringLiteral).value
}

const rewrite = (node: t.StringLiteral): void => {
  const raw = node.extra?.["raw"]
  if (!beyondAscii.test(node.value) || typeof raw !== "string") return
  node.value = cookedOf(rawToBytes(raw))
  node.extra = {}
}

export const utf8 = (): PluginObj => ({
  visitor: {
    StringLiteral: ({ node }) => rewrite(node),
    TemplateElement: ({ node }) => {
      const { cooked, raw } = node.value
      if (!beyondAscii.test(raw) && !beyondAscii.test(cooked ?? "")) return
      const bytes = rawToBytes(raw)
      node.value = { raw: bytes, cooked: cookedOf("`" + bytes + "`") }
    }
  }
})

/**
 * For the last pass: what is printed is ASCII and reads as it was meant, whatever the passes before have made of an
 * escape. `isWhole`: the texts of libraries become bytes only here; none of theirs is bytes already.
 */
export const ascii = (isWhole: boolean): PluginObj => ({
  visitor: {
    // Bytes of a key may look like a name.
    ObjectProperty: ({ node }) => {
      if (!node.computed && t.isIdentifier(node.key) && beyondAscii.test(node.key.name)) {
        node.key = t.stringLiteral(node.key.name)
      }
    },
    MemberExpression: ({ node }) => {
      if (node.computed || !t.isIdentifier(node.property) || !beyondAscii.test(node.property.name)) return
      node.property = t.stringLiteral(node.property.name)
      node.computed = true
    },
    StringLiteral: ({ node }) => {
      if (isWhole && beyondBytes.test(node.value)) node.value = toBytes(node.value)
      if (beyondAscii.test(node.value)) node.extra = {}
    },
    // The interpreter looks for expressions after it has replaced the escapes.
    TemplateLiteral: (path) => {
      const { expressions, quasis } = path.node
      if (!quasis.some(({ value }) => value.cooked?.includes("${"))) return
      const textOf = (index: number) => t.stringLiteral(quasis[index]?.value.cooked ?? "")
      path.replaceWith(expressions.reduce<t.Expression>(
        (sum, each, index) =>
          t.binaryExpression("+", t.binaryExpression("+", sum, each as t.Expression), textOf(index + 1)),
        textOf(0)
      ))
    },
    TemplateElement: ({ node }) => {
      const raw = isWhole && beyondBytes.test(node.value.raw) ? toBytes(node.value.raw) : node.value.raw
      node.value.raw = raw.replace(/[\u0080-\u00ff]/g, (byte) => "\\x" + byte.charCodeAt(0).toString(16))
    }
  }
})
