/**
 * The page's style: one column that a phone can hold, in light and dark.
 */
export const style = `
:root { color-scheme: light dark; --paper: #fcfbf8; --card: #f3f1eb; --ink: #1c2226; --quiet: #5d666c; --faint: #dfdcd3; --rule: #e4e1d8;
  --first: #1f6f8b; --second: #bf5b17; --good: #2c7a4b; --bad: #b8322a; --away: #7d6a3f;
  --radio: #1f6f8b; --failed: #9c3f91; --processor: #d79a2b; --sensor: #5f8f4e; --sleep: #8b84a6; }
@media (prefers-color-scheme: dark) {
  :root { --paper: #15191c; --card: #1e2428; --ink: #e7e9ea; --quiet: #9da7ad; --faint: #343c42; --rule: #2b3237;
    --first: #5cb6d6; --second: #f0955a; --good: #6cc08b; --bad: #ef7a6d; --away: #c9b27c;
    --radio: #5cb6d6; --failed: #dd8fd2; --processor: #e8b755; --sensor: #8fc07d; --sleep: #a9a2c6; }
}
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 56rem; padding: 1.5rem 1.25rem 4rem; background: var(--paper); color: var(--ink);
  font: 1rem/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", sans-serif; -webkit-text-size-adjust: 100%; }
h1 { font-size: 1.7rem; line-height: 1.2; margin: 0 0 .3rem; letter-spacing: -.01em; }
h2 { font-size: 1.2rem; line-height: 1.3; margin: 3rem 0 .4rem; }
h3 { font-size: 1rem; margin: 1.6rem 0 .2rem; color: var(--quiet); font-weight: 600; overflow-wrap: anywhere; }
p { margin: .3rem 0 .8rem; max-width: 44rem; }
.about, .note, figcaption, .range { color: var(--quiet); }
.about { overflow-wrap: anywhere; }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(11rem, 1fr)); gap: .75rem; margin: 1.25rem 0 0; padding: 0; }
.tiles > div { background: var(--card); border-radius: .6rem; padding: .8rem .95rem .9rem; }
.tiles dt { color: var(--quiet); font-size: .85rem; }
.tiles dd { margin: 0; }
.tiles .value { font-size: 1.55rem; font-weight: 650; line-height: 1.25; letter-spacing: -.01em; }
.tiles .range { font-size: .85rem; line-height: 1.35; }
.case { border-left: .3rem solid var(--first); padding-left: .8rem; margin-top: 1.25rem; }
.case.second { border-color: var(--second); }
code { font: .95em ui-monospace, "SFMono-Regular", Menlo, Consolas, monospace; white-space: nowrap; }
figure { margin: 0 0 .5rem; }
figcaption { margin: .2rem 0 .6rem; max-width: 44rem; }
figure svg { display: block; height: auto; max-width: 100%; }
figure .narrow { display: none; }
.plot { font-family: inherit; color: var(--ink); }
.plot text { white-space: pre; }
.plot [aria-label="y-grid"] { stroke-opacity: .12; }
.key { list-style: none; display: flex; flex-wrap: wrap; gap: .2rem 1.1rem; margin: 0 0 .5rem; padding: 0; font-size: .9rem; }
.key li::before { content: ""; display: inline-block; width: .75em; height: .75em; border-radius: .15em; margin-right: .45em; background: var(--colour); opacity: var(--opacity, 1); }
details { margin: .3rem 0 1rem; }
summary { cursor: pointer; color: var(--quiet); font-size: .9rem; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; font-size: .9rem; margin: .6rem 0; min-width: 60%; }
th, td { text-align: left; padding: .32rem .9rem .32rem 0; border-bottom: 1px solid var(--rule); vertical-align: top; }
thead th { color: var(--quiet); font-weight: 600; }
tbody th { font-weight: 400; }
td.number, th.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
.tiles .bad .value, .worse { color: var(--bad); }
.better { color: var(--good); font-weight: 600; white-space: nowrap; }
.gains { list-style: none; margin: .8rem 0; padding: 0; }
.gains li { margin: 0 0 .85rem; }
.gains b { font-variant-numeric: tabular-nums; }
.gains .bar { height: .55rem; border-radius: .2rem; background: var(--good); margin: .2rem 0; min-width: 2px; }
.gains .note { font-size: .9rem; }
@media (max-width: 40rem) {
  body { padding: 1.1rem 1rem 3rem; }
  h1 { font-size: 1.4rem; }
  h2 { margin-top: 2.4rem; }
  .tiles { grid-template-columns: 1fr 1fr; }
  .tiles .value { font-size: 1.25rem; }
  figure .wide { display: none; }
  figure .narrow { display: block; }
}
@media (max-width: 40rem) {
  table { font-size: .8rem; min-width: 100%; }
  th, td { padding-right: .35rem; }
  thead th { overflow-wrap: anywhere; }
  td { overflow-wrap: anywhere; }
  td.number, th.number { white-space: normal; }
  .stack thead { display: none; }
  .stack tr { display: block; border-bottom: 1px solid var(--rule); padding: .45rem 0; }
  .stack th, .stack td { display: block; border: 0; padding: 0; text-align: left; }
  .stack tbody th { font-weight: 600; }
  .stack td:not(:empty)::before { content: attr(data-of) ": "; color: var(--quiet); }
}
@media print { details { display: none; } }
`
