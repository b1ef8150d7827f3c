/**
 * The program that is killed while it receives: writes down each message when its handler begins with it, and when it is
 * done. `node receiver.mjs PORT DIRECTORY VERSION`; without a DIRECTORY (an empty one) it has no store.
 */
import { writeSync } from "node:fs"
import { connect } from "../../src/programs/library/library.ts"
import { directory } from "../../src/programs/library/store.ts"

const [, , port, path = "", version] = process.argv

const client = await connect(`mqtt://127.0.0.1:${port}`, {
  clientId: "receiver",
  cleanSession: false,
  version: version === "5" ? 5 : 4,
  ...(path === "" ? {} : { store: directory(path) }),
  onEvent: () => {}
})

/** Some handlers are done at once, and some take their time. */
const work = (name: string): Promise<void> | undefined =>
  name.endsWith("0") ? new Promise((resolve) => setTimeout(resolve, 3)) : undefined

const note = (what: string, name: string): void => void writeSync(1, `${what} ${name}\n`)

await client.subscribe("received/#", ({ text }) => {
  note("began", text)
  const working = work(text)
  if (working === undefined) note("ended", text)
  return working?.then(() => note("ended", text))
}, { qos: 2 })

note("ready", "now")
