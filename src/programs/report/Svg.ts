/**
 * Plots as texts: Observable Plot draws into a document of linkedom's, so no browser is needed.
 *
 * A picture that is scaled down cannot be read, so each is drawn twice, for a page and for a phone, and the page's
 * style shows one of them. Colours are the page's variables, for its light and its dark.
 */
import * as Plot from "@observablehq/plot"
import { parseHTML } from "linkedom"

export const widths = { wide: 860, narrow: 350 } as const

export type Size = keyof typeof widths

const { document } = parseHTML("<!doctype html><html><body></body></html>")

/**
 * One drawing, as the text of an `svg` element. The figure around it describes it, and screen readers do not see the
 * drawing.
 */
export const draw = (options: Plot.PlotOptions, size: Size): string => {
  const svg = Plot.plot({
    ...options,
    document,
    width: widths[size],
    className: "plot",
    style: { fontSize: size === "wide" ? "13px" : "12px", background: "none", overflow: "visible" }
  })
  svg.setAttribute("xmlns", "http://www.w3.org/2000/svg")
  svg.setAttribute("aria-hidden", "true")
  // The page's style has everything that each drawing would repeat.
  svg.querySelector("style")?.remove()
  // A hundredth of a pixel is enough for everybody.
  return svg.outerHTML.replace(/(\.\d\d)\d+/g, "$1")
}

export interface Picture {
  /** Its anchor in the page. */
  readonly id: string
  readonly title: string
  /** What it shows, in one or two sentences: for those who do not see it, and for those who do. */
  readonly text: string
  /** Undefined: there is nothing to draw, and the text says why. */
  readonly draw: ((size: Size) => ReadonlyArray<string>) | undefined
  /** The numbers, for a table; the first row is its head. */
  readonly table: ReadonlyArray<ReadonlyArray<string>>
}
