/**
 * Gives names of the script another name where the platform has one of that name, which it would hide from the platform
 * itself.
 */
import type { PluginObj } from "@babel/core"
import { platformNames } from "../dialect/platformNames.ts"

export const globals = (): PluginObj => ({
  visitor: {
    Program: {
      exit: ({ scope }) => {
        scope.crawl()
        for (const name of Object.keys(scope.bindings)) if (platformNames.has(name)) scope.rename(name)
      }
    }
  }
})
