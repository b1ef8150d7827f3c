import { cases } from "./wholeEngine.ts"

/** Of a board. */
declare const ESP32: { readonly deepSleep: (micros: number) => void }

for (const name of Object.keys(cases)) {
  try {
    console.log(JSON.stringify({ _tag: name, saw: cases[name]?.() }))
  } catch (fault) {
    console.log(JSON.stringify({ _tag: name, saw: "it throws " + String(fault) }))
  }
}
ESP32.deepSleep(1)
