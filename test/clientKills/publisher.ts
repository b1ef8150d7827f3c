/**
 * The program that is killed: publishes without end, with QoS 1 and 2 in turn, and says of each message that it was
 * accepted. `node publisher.mjs PORT DIRECTORY VERSION RUN`; with RUN 0 it only delivers what earlier runs have left.
 */
import { writeSync } from "node:fs"
import { connect } from "../../src/programs/library/library.ts"
import { directory } from "../../src/programs/library/store.ts"

const [, , port, path = "", version, run] = process.argv

/** Publishers at once, each one message at a time. */
const publishers = 16

const client = await connect(`mqtt://127.0.0.1:${port}`, {
  clientId: "killed",
  cleanSession: false,
  version: version === "5" ? 5 : 4,
  store: directory(path),
  outboxCapacity: 1_000,

  reconnect: { minDelay: 10, maxDelay: 100 },
  onEvent: (event) => {
    if (event._tag === "MessageGivenUp" || event._tag === "Disconnected") writeSync(2, event._tag + "\n")
  }
})

const publish = async (publisher: number): Promise<void> => {
  for (let number = 0;; number++) {
    const name = `${run}-${publisher}-${number}`
    const qos = number % 2 === 0 ? 2 : 1
    try {
      await client.publish("killed/" + qos, name, { qos, until: "accepted" })
      // At once, or a kill would take it along.
      writeSync(1, name + "\n")
    } catch (error) {
      if ((error as { readonly _tag?: string })._tag !== "OutboxFull") throw error
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
  }
}

writeSync(1, "ready\n")
if (run !== "0") await Promise.all(Array.from({ length: publishers }, (_, index) => publish(index)))
