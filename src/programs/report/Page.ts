/**
 * HTML, in pieces. Every text that comes from outside is escaped here and nowhere else.
 */
import type { Picture } from "./Svg.ts"
import { style } from "./style.ts"

/** A piece of HTML that is used as it is. */
export interface Html {
  readonly html: string
}

type Piece = Html | string | ReadonlyArray<Html>

const entities: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", "\"": "&quot;" }

const escape = (text: string): string => text.replace(/[&<>"]/g, (character) => entities[character] as string)

const isList = (piece: Piece): piece is ReadonlyArray<Html> => Array.isArray(piece)

const show = (piece: Piece): string =>
  typeof piece === "string" ? escape(piece) : isList(piece) ? piece.map(show).join("") : piece.html

/** HTML with values in it: texts are escaped, pieces are used as they are. */
export const html = (strings: TemplateStringsArray, ...pieces: ReadonlyArray<Piece>): Html => ({
  html: strings.reduce((all, text, index) => all + show(pieces[index - 1] as Piece) + text)
})

export const nothing: Html = { html: "" }

/** Something already HTML: a drawing. */
export const raw = (text: string): Html => ({ html: text })

/** A number that a program can read, and the words for a person. */
export const data = (id: string, value: number, words: string): Html =>
  html`<data id="${id}" value="${String(value)}">${words}</data>`

const isNumeric = (cell: string): boolean =>
  /^[-+]?[\d.,]+( ?(%|[a-zA-Zµ]+))?( [\d.,]+ [a-z]+)?$/.test(cell) || cell === ""

/**
 * A table; the first row is its head, the first column names the rows. One to be stacked has its cells below each other
 * on a phone.
 */
export const table = (rows: ReadonlyArray<ReadonlyArray<string>>, kindOf: "columns" | "stack" = "columns"): Html => {
  const [head = [], ...body] = rows
  const numeric = head.map((_, column) => column > 0 && body.every((row) => isNumeric(row[column] ?? "")))
  const kind = (column: number) => numeric[column] === true ? html` class="number"` : nothing
  return html`<div class="scroll"><table class="${kindOf}">
<thead><tr>${head.map((cell, column) => html`<th scope="col"${kind(column)}>${cell}</th>`)}</tr></thead>
<tbody>${
    body.map((row) =>
      html`<tr>${
        row.map((cell, column) =>
          column === 0 ? html`<th scope="row">${cell}</th>`
            : html`<td${kind(column)} data-of="${head[column] ?? ""}">${cell}</td>`
        )
      }</tr>`
    )
  }</tbody>
</table></div>`
}

export interface Key {
  readonly colour: string
  readonly words: string
  readonly opacity?: number
}

const key = (keys: ReadonlyArray<Key>): Html =>
  keys.length === 0 ? nothing : html`<ul class="key" aria-hidden="true">${
    keys.map(({ colour, opacity, words }) =>
      html`<li style="--colour: ${colour}${opacity === undefined ? "" : "; --opacity: " + opacity}">${words}</li>`
    )
  }</ul>`

/** A picture with its text before it and its numbers after it. */
export const figure = ({ draw, id, table: numbers, text, title }: Picture, keys: ReadonlyArray<Key> = []): Html => {
  const drawing = draw === undefined ? nothing : html`${key(keys)}<div role="img" aria-label="${title + ". " + text}">
<div class="wide">${draw("wide").map(raw)}</div>
<div class="narrow">${draw("narrow").map(raw)}</div>
</div>`
  const details = numbers.length < 2 ? nothing
    : html`<details><summary>The numbers</summary>${table(numbers)}</details>`
  return html`<figure id="${id}"><figcaption>${
    text.replaceAll(" %", "\u00a0%")
  }</figcaption>${drawing}</figure>${details}`
}

/** In every report; a later one recognizes by it that it may overwrite the file. */
export const generator = "Dormouse"

export const page = (title: string, body: ReadonlyArray<Html>): string =>
  html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="generator" content="${generator}">
<title>${title}</title>
<style>${raw(style)}</style>
</head>
<body>
<main>
${body}
</main>
</body>
</html>
`.html
