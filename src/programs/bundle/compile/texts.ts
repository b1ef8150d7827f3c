/**
 * Leaves out the sentence that says what is wrong with a packet: the packet's name and the clause of the specification
 * stay.
 */
import type { NodePath, PluginObj } from "@babel/core"
import { types as t } from "@babel/core"

const errors: ReadonlyArray<string> = ["MalformedPacket", "ProtocolViolation"]

/** Whether `new` makes one of the codec's errors: it comes from their module. */
const isError = ({ node: { callee }, scope }: NodePath<t.NewExpression>): boolean => {
  const binding = t.isIdentifier(callee) ? scope.getBinding(callee.name) : undefined
  const [specifier, from] = [binding?.path.node, binding?.path.parent]
  return t.isImportSpecifier(specifier) && t.isIdentifier(specifier.imported) &&
    errors.includes(specifier.imported.name) &&
    t.isImportDeclaration(from) && from.source.value.endsWith("/PacketError.ts")
}

const named = (node: t.ObjectExpression, name: string): t.ObjectProperty | undefined =>
  node.properties.find((each): each is t.ObjectProperty =>
    t.isObjectProperty(each) && t.isIdentifier(each.key, { name })
  )

const isPlain = (node: t.Node | undefined): node is t.Identifier | t.StringLiteral =>
  t.isIdentifier(node) || t.isStringLiteral(node)

/**
 * `{ packet, clause, message: "a sentence" }` with a message of the first two. What is more than a name would be
 * evaluated twice.
 */
export const texts = (): PluginObj => ({
  visitor: {
    NewExpression: (path) => {
      const [fields] = path.node.arguments
      if (!isError(path) || !t.isObjectExpression(fields)) return
      const [packet, clause, message] = [named(fields, "packet")?.value, named(fields, "clause")?.value,
        named(fields, "message")]
      if (!message || t.isIdentifier(message.value) || !isPlain(packet) || !isPlain(clause)) return
      const start = t.binaryExpression("+", t.cloneNode(packet), t.stringLiteral(" "))
      message.value = t.binaryExpression("+", start, t.cloneNode(clause))
    }
  }
})
