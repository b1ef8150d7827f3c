/**
 * Renames names of the script that the platform has too, because they would hide the platform's own from the platform.
 * Also those of functions: terser may make one of them a name of the whole script.
 */
import type { NodePath, PluginObj } from "@babel/core"
import { platformNames } from "../dialect/platformNames.ts"

export const globals = (): PluginObj => ({
  visitor: {
    Program: {
      exit: (path) => {
        path.scope.crawl()
        const rename = ({ scope }: NodePath) => {
          for (const name of Object.keys(scope.bindings)) if (platformNames.has(name)) scope.rename(name)
        }
        rename(path)
        path.traverse({ Scope: rename })
      }
    }
  }
})
