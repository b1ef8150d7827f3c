/**
 * Which property names the program may change: all that are written as names, and not as texts. Here, where one can
 * still see how they were written, they get a mark; `minify` gives short names to what has the mark, and to nothing
 * else.
 *
 * What leaves the board keeps its names: keys that are written as texts, and `reserved` names (`reserved.ts`). The
 * exports of a module and the fields of the platform's globals are known by binding. What becomes JSON must be written
 * as texts.
 */
import type { NodePath, PluginObj } from "@babel/core"
import { types as t } from "@babel/core"
import { platformNames } from "../dialect/platformNames.ts"
import { Unsupported } from "./Unsupported.ts"

export const mark = "_$"

/** Only such names are the program's own. */
export const marked = (name: string, reserved: ReadonlySet<string>): string =>
  reserved.has(name) || name === "" ? name : name + mark

const nameOf = (key: t.Node): string | undefined => t.isIdentifier(key) ? key.name : undefined

const isGlobal = (path: NodePath, name: string): boolean => {
  const declaration = path.scope.getBinding(name)?.path.parent
  return platformNames.has(name) &&
    (declaration === undefined || t.isVariableDeclaration(declaration, { declare: true }))
}

/** `platform` itself, which is `globalThis`. */
const isPlatform = (path: NodePath, name: string): boolean => {
  const binding = path.scope.getBinding(name)
  const from = binding?.path.parent
  return t.isImportSpecifier(binding?.path.node) && t.isIdentifier(binding.path.node.imported, { name: "platform" }) &&
    t.isImportDeclaration(from) && from.source.value.endsWith("/platform.ts")
}

/** `object.name` where `object` is a module's namespace or one of the platform's own, or a field of `platform`. */
const isOutside = (path: NodePath, object: t.Node): boolean => {
  if (t.isMemberExpression(object) && !object.computed) {
    return t.isIdentifier(object.object) && isPlatform(path, object.object.name)
  }
  if (!t.isIdentifier(object)) return false
  const isNamespace = t.isImportNamespaceSpecifier(path.scope.getBinding(object.name)?.path.node)
  return isNamespace || isGlobal(path, object.name) || isPlatform(path, object.name)
}

const isNamedRows = (type: t.Node | null | undefined): boolean =>
  t.isTSTypeReference(type) && t.isIdentifier(type.typeName, { name: "Rows" })

/**
 * A list of rows of the configuration's keys says that it is one: what stands second in a row is the name of a
 * property.
 */
const isRows = ({ id, init }: t.VariableDeclarator): boolean =>
  t.isTSSatisfiesExpression(init) && isNamedRows(init.typeAnnotation) ||
  t.isIdentifier(id) && t.isTSTypeAnnotation(id.typeAnnotation) && isNamedRows(id.typeAnnotation.typeAnnotation)

/** A row has a key, a property, a kind and a default at least. */
const minRow = 4

const isFixed = (key: t.Node, reserved: ReadonlySet<string>): boolean =>
  t.isStringLiteral(key) || t.isNumericLiteral(key) || reserved.has(nameOf(key) ?? "")

/** The first name in a literal that would not become JSON as it is written. */
const openName = (node: t.Node | null | undefined, reserved: ReadonlySet<string>): t.Node | undefined => {
  if (t.isArrayExpression(node)) {
    return node.elements.map((each) => openName(each, reserved)).find((each) => each !== undefined)
  }
  if (!t.isObjectExpression(node)) return undefined
  for (const property of node.properties) {
    if (!t.isObjectProperty(property) || property.computed) return property
    if (!isFixed(property.key, reserved)) return property.key
    const inner = openName(property.value, reserved)
    if (inner !== undefined) return inner
  }
  return undefined
}

const isText = (node: t.Node): boolean =>
  t.isStringLiteral(node) || t.isTemplateLiteral(node) ||
  t.isBinaryExpression(node, { operator: "+" }) && (isText(node.left as t.Node) || isText(node.right))

const isTextType = (node: t.Node | undefined): boolean =>
  t.isIdentifier(node) && t.isTSTypeAnnotation(node.typeAnnotation) &&
  (t.isTSStringKeyword(node.typeAnnotation.typeAnnotation) || t.isTSNumberKeyword(node.typeAnnotation.typeAnnotation))

const quoteIt = "becomes JSON, so its keys must be written as texts: { \"key\": value } and document[\"key\"]"

/** Refuses what becomes JSON unless one can see here that all its keys are written as texts. */
const checkJson = (path: NodePath<t.CallExpression>, reserved: ReadonlySet<string>): void => {
  const [value] = path.node.arguments
  if (!value || isText(value) || t.isNumericLiteral(value)) return
  if (t.isObjectExpression(value) || t.isArrayExpression(value)) {
    const open = openName(value, reserved)
    if (open !== undefined) throw new Unsupported(open, "this " + quoteIt)
    return
  }
  const binding = t.isIdentifier(value) ? path.scope.getBinding(value.name) : undefined
  if (binding?.kind === "param" && isTextType(binding.path.node)) return
  const init = t.isVariableDeclarator(binding?.path.node) && binding.constant ? binding.path.node.init : undefined
  if (binding === undefined || !t.isObjectExpression(init) && !t.isArrayExpression(init)) {
    throw new Unsupported(value,
      "what becomes JSON must be a literal, a text, or a constant that begins as a literal: its keys must be visible")
  }
  const open = openName(init, reserved)
  if (open !== undefined) throw new Unsupported(open, "this " + quoteIt)
  for (const use of binding.referencePaths) {
    const { parent, key } = use
    if (
      !t.isMemberExpression(parent) || key !== "object" ||
      isFixed(parent.property, parent.computed ? new Set() : reserved)
    ) continue
    throw new Unsupported(parent, "this " + quoteIt)
  }
}

export interface Options {
  /** Names that may be in what leaves the board. */
  readonly reserved: ReadonlySet<string>
  /** The module makes JSON for this board alone, or of texts alone. */
  readonly isOwnJson: boolean
}

/** For a module, when all else has been compiled. */
export const keys = ({ isOwnJson, reserved }: Options): PluginObj => {
  const rename = (key: t.Node): void => {
    if (t.isIdentifier(key)) key.name = marked(key.name, reserved)
  }
  const inObject = (node: t.ObjectProperty | t.ObjectMethod | t.ClassMethod | t.ClassProperty): void => {
    if (node.computed || !t.isIdentifier(node.key)) return
    if (t.isObjectProperty(node) && node.shorthand) {
      node.shorthand = false
      node.key = t.identifier(node.key.name)
    }
    rename(node.key)
  }
  return {
    visitor: {
      Program: {
        exit: (program) => {
          program.scope.crawl()
          program.traverse({
            CallExpression: (path) => {
              const { callee } = path.node
              const isJson = t.isMemberExpression(callee) && t.isIdentifier(callee.object, { name: "JSON" }) &&
                t.isIdentifier(callee.property, { name: "stringify" }) && isGlobal(path, "JSON")
              if (isJson && !isOwnJson) checkJson(path, reserved)
            }
          })
          program.traverse({
            MemberExpression: (path) => {
              if (!path.node.computed && !isOutside(path, path.node.object)) rename(path.node.property)
            },
            OptionalMemberExpression: (path) => {
              if (!path.node.computed && !isOutside(path, path.node.object)) rename(path.node.property)
            },
            ObjectProperty: ({ node }) => inObject(node),
            ObjectMethod: ({ node }) => inObject(node),
            ClassMethod: ({ node }) => inObject(node),
            ClassProperty: ({ node }) => inObject(node),
            BinaryExpression: ({ node: { left, operator } }) => {
              if (operator !== "in" || !t.isStringLiteral(left)) return
              left.value = marked(left.value, reserved)
              left.extra = {}
            },
            VariableDeclarator: ({ node }) => {
              if (!isRows(node) || !node.init) return
              t.traverseFast(node.init, (row) => {
                if (!t.isArrayExpression(row) || row.elements.length < minRow) return
                const [key, property] = row.elements
                if (!t.isStringLiteral(key) || !t.isStringLiteral(property)) return
                property.value = marked(property.value, reserved)
                property.extra = {}
              })
            }
          })
        }
      }
    }
  }
}

/** Marks the keys of plain data that the program has as its own, as JSON. */
export const markedJson = (json: string, reserved: ReadonlySet<string>): string =>
  renamed(json, (key) => marked(key, reserved))

/** The same JSON with other keys. */
export const renamed = (json: string, rename: (key: string) => string): string =>
  JSON.stringify(
    JSON.parse(json, (_, value: unknown) =>
      value !== null && typeof value === "object" && !Array.isArray(value)
        ? Object.fromEntries(Object.entries(value).map(([key, each]) => [rename(key), each]))
        : value)
  )

/** Texts that name properties, for terser, which does not rename what is a text. */
export const keyTexts = (): PluginObj => ({
  visitor: {
    StringLiteral: ({ node }) => {
      if (node.value.endsWith(mark)) t.addComment(node, "leading", "@__KEY__")
    }
  }
})
