/**
 * Memory, in fresh processes: what a connected client takes, what a message costs it that waits, and the peak under
 * load.
 */
import * as Progress from "../../../src/programs/dormouse/terminal/Progress.ts"
import type { Order, Taken } from "./orders.ts"
import * as Processes from "./processes.ts"
import { heading, line, ratio } from "./table.ts"

const rounds = 5

const topic = "flood/memory"

interface Row {
  readonly name: string
  /** After connecting. */
  readonly orders: ReadonlyArray<Order>
  /** Bytes, when all is done. */
  readonly bytes: (taken: Taken) => number
}

const rows: ReadonlyArray<Row> = [
  { name: "heap of a process with one connected client", orders: [], bytes: ({ heap }) => heap },
  {
    name: "heap for each of 10,000 messages of QoS 1 that wait",
    orders: [{ work: "owe", count: 10_000 }],
    bytes: ({ heapGrowth }) => heapGrowth
  },
  {
    name: "peak of the process, 300,000 messages of QoS 0 published",
    orders: [{ work: "publish", qos: 0, count: 300_000, window: 1, bytes: 64 }],
    bytes: ({ peak }) => peak
  },
  {
    name: "peak of the process, 300,000 messages of QoS 0 received",
    orders: [{ work: "subscribe", topic, qos: 0 }, { work: "receive", qos: 0, count: 300_000, bytes: 64 }],
    bytes: ({ peak }) => peak
  }
]

const take = async (name: Processes.Name, { flood, port }: Processes.Server, row: Row): Promise<number> => {
  const worker = Processes.worker(name)
  const link = { port, version: 4, webSocket: false } as const
  try {
    let taken = await worker.perform({ work: "connect", link, clientId: name })
    for (const order of row.orders) {
      taken = await worker.perform(order, () => order.work === "receive" && flood({ ...order, topic }))
    }
    return row.bytes(taken)
  } finally {
    await worker.stop()
  }
}

export const measureMemory = async (server: Processes.Server, only: string): Promise<void> => {
  const wanted = rows.filter(({ name }) => name.includes(only))
  if (wanted.length > 0) console.log("\n" + heading("memory", "theirs of ours"))
  const progress = Progress.make()
  for (const row of wanted) {
    const ours: Array<number> = []
    const theirs: Array<number> = []
    for (let round = 1; round <= rounds; round++) {
      progress.say(() => `${row.name}, ${round} of ${rounds}`)
      ours.push(await take("dormouse", server, row))
      theirs.push(await take("mqttjs", server, row))
    }
    progress.clear()
    console.log(line(row.name, ratio(theirs, ours)))
  }
}
