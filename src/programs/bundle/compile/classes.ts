/**
 * `class X extends Data.TaggedError("X") {}` compiled to `const X = Data.TaggedError("X")`: the board's interpreter
 * accepts no call after `extends` and inherits no static members, and such a class adds nothing but a type.
 *
 * With the device's runtime to `const X = (fields) => Data.tagged("X", fields)`, and `new X({ ... })` to `X({ ... })`:
 * a constructor for each error would take 13 of a board's variables for nothing. And a service's tag to `{}`.
 */
import type { NodePath, PluginObj } from "@babel/core"
import { types as t } from "@babel/core"
import { member } from "./syntax.ts"
import { Unsupported } from "./Unsupported.ts"

/** The tag of an error's class. */
const tagOf = (superClass: t.CallExpression): t.StringLiteral | undefined => {
  const [tag] = superClass.arguments
  return member(superClass.callee)?.join(".") === "Data.TaggedError" && t.isStringLiteral(tag) ? tag : undefined
}

/** `Context.Service<...>()("key")`, whose tag is a cell. */
const isService = ({ callee }: t.CallExpression): boolean =>
  t.isCallExpression(callee) && member(callee.callee)?.join(".") === "Context.Service"

/** The classes of errors that a module declares. */
export const errors = (program: t.Program): ReadonlySet<string> =>
  new Set(program.body.flatMap((statement) => {
    const declared = t.isExportNamedDeclaration(statement) ? statement.declaration : statement
    return t.isClassDeclaration(declared) && declared.id && t.isCallExpression(declared.superClass) &&
        tagOf(declared.superClass) ? [declared.id.name] : []
  }))

export type ErrorsOf = (source: string) => ReadonlySet<string>

/** The module's own, which may be compiled by now. */
const ownErrors = (program: NodePath): ReadonlySet<string> => program.getData("errors") as ReadonlySet<string>

/** Whether `new` makes an error of the program. */
const isError = (path: NodePath<t.NewExpression>, errorsOf: ErrorsOf): boolean => {
  const { callee } = path.node
  if (!t.isIdentifier(callee)) return false
  const binding = path.scope.getBinding(callee.name)
  if (binding?.scope.path.isProgram() && ownErrors(binding.scope.path).has(callee.name)) return true
  const [specifier, from] = [binding?.path.node, binding?.path.parent]
  return t.isImportDeclaration(from) && from.source.value.startsWith(".") && t.isImportSpecifier(specifier) &&
    t.isIdentifier(specifier.imported) && errorsOf(from.source.value).has(specifier.imported.name)
}

/** `isDevice`: for the device's runtime. `errorsOf` gives the errors of an imported module. */
export const classes = (isDevice = false, errorsOf: ErrorsOf = () => new Set()): PluginObj => ({
  visitor: {
    Program: (path) => {
      path.setData("errors", errors(path.node))
    },
    NewExpression: (path) => {
      if (!isDevice || !isError(path, errorsOf)) return
      const [fields, ...others] = path.node.arguments
      if (!t.isObjectExpression(fields) || others.length > 0) {
        throw new Unsupported(path.node, "the fields of an error must be written where it is made, as { ... }")
      }
      const made = t.callExpression(path.node.callee, [fields])
      made.extra = { isError: true }
      path.replaceWith(made)
    },
    ClassDeclaration: (path) => {
      const { body, id, superClass } = path.node
      if (!t.isCallExpression(superClass) || !id) return
      if (body.body.length > 0) throw new Unsupported(path.node, "a class that extends a call must have an empty body")
      const tag = tagOf(superClass)
      if (isDevice && isService(superClass)) {
        path.replaceWith(
          t.variableDeclaration("const", [t.variableDeclarator(t.identifier(id.name), t.objectExpression([]))])
        )
        return
      }
      if (isDevice && tag !== undefined) {
        const made = t.callExpression(t.memberExpression(t.identifier("Data"), t.identifier("tagged")), [tag,
          t.identifier("fields")])
        path.replaceWith(
          t.variableDeclaration("const", [
            t.variableDeclarator(t.identifier(id.name), t.arrowFunctionExpression([t.identifier("fields")], made))
          ])
        )
        return
      }
      // A board that does not need it does not carry it.
      t.addComment(superClass, "leading", "@__PURE__")
      path.replaceWith(t.variableDeclaration("const", [t.variableDeclarator(t.identifier(id.name), superClass)]))
    }
  }
})
