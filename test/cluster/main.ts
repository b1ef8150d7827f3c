/**
 * `npm run cluster -- rabbitmq`, `nats` or `aedes`: starts a cluster on this machine, publishes while its nodes are
 * killed with SIGKILL, says what became of the messages, and stops what it has started.
 *
 *     --messages 100000   of QoS 1
 *     --kill-every 10     seconds from one kill to the next, or longer if a node needs more to be back
 *     --rate 500          messages a second
 *
 * The exit code is 1 if an acknowledged message was lost, or one was sent again with the wrong DUP.
 */
import * as Effect from "effect/Effect"
import { parseArgs } from "node:util"
import { aedes } from "./aedes.ts"
import { nats } from "./nats.ts"
import { rabbitmq } from "./rabbitmq.ts"
import { report } from "./report.ts"
import { run } from "./run.ts"

const kinds = [rabbitmq, nats, aedes]
const usage = "give rabbitmq, nats or aedes, and if you like --messages N, --kill-every SECONDS, --rate N"

const refuse = (message: string): never => {
  console.error(message)
  return process.exit(1)
}

const read = () => {
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        messages: { type: "string", default: "100000" },
        "kill-every": { type: "string", default: "10" },
        rate: { type: "string", default: "500" }
      }
    })
  } catch (fault) {
    return refuse((fault as Error).message + "; " + usage)
  }
}

const { positionals, values } = read()
const [messages, killEvery, rate] = [values.messages, values["kill-every"], values.rate].map(Number) as [
  number,
  number,
  number
]
const kind = kinds.find(({ name }) => name === positionals[0]) ?? refuse(usage)
if (positionals.length !== 1 || !(messages >= 1) || !(killEvery > 0) || !(rate > 0)) refuse(usage)
if (kind.missing.length > 0) refuse(`not installed: ${kind.missing.join(", ")} (Debian has packages of these names)`)

const measured = Effect.gen(function*() {
  console.log(`starting ${kind.name} on the loopback interface`)
  const cluster = yield* kind.make
  const { balanced, directory, nodes, words } = cluster
  const places = nodes.map(({ name, pid, port }) => `${name} at port ${port} (process ${pid()})`)
  console.log(`${words}: ${places.join(", ")}; HAProxy at ${balanced} before the first two; logs in ${directory}`)
  const given = { cluster, messages, rate, killEveryMillis: killEvery * 1_000, say: console.log }
  return { words, found: yield* Effect.promise(() => run(given)) }
})

const main = Effect.runFork(Effect.scoped(measured))
// Ctrl-C: what was started ends first.
process.once("SIGINT", () => main.interruptUnsafe())
process.once("SIGTERM", () => main.interruptUnsafe())
main.addObserver((exit) => {
  if (exit._tag === "Failure") {
    console.error(String(exit.cause))
    process.exitCode = 1
    return
  }
  const { found, words } = exit.value
  console.log(report(words, found))
  const { failed, invented, lost, unhandled, wrongDup } = found
  process.exitCode = lost.length + invented.length + wrongDup.length + unhandled.length + failed.length === 0 ? 0 : 1
})
