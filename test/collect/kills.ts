/**
 * A collector that is killed again and again while readings come: SIGKILL at any moment, also in the middle of a
 * commit. At the end every reading that the Server has acknowledged must be one row, and no reading two.
 */
import Database from "libsql"
import * as Programs from "../killing/programs.ts"
import * as Producer from "./Producer.ts"

export interface Options {
  readonly port: number
  /** What Node starts: the file of the program, and before it what Node needs for that. */
  readonly program: ReadonlyArray<string>
  readonly file: string
  readonly kills: number
  /** How many publish, each over a connection of its own. */
  readonly devices: number
  /** Readings a second, of all together. */
  readonly rate: number
  readonly prefix: string
  readonly random: () => number
  readonly onKill?: (kills: number) => void
}

export interface Sum {
  readonly published: number
  readonly rows: number
  readonly lost: number
  readonly twice: number
  /** Rows of readings that nobody published. */
  readonly unknown: number
  /** Readings whose other quantities are not there, or are there twice. */
  readonly incomplete: number
  /** Kills that found the collector at work: it had stored rows since the last one. */
  readonly atWork: number
  readonly seconds: number
}

/** Starts the collector, and waits until it says that it collects. */
const launch = ({ file, port, prefix, program }: Options): Promise<Programs.Running> =>
  Programs.launch([...program, "collect", "--broker", "mqtt://127.0.0.1:" + port, "--out", file, "--topic",
    prefix + "/+/data"], (said) => said.includes("collecting"))

const rowsIn = (file: string): ReadonlyArray<readonly [topic: string, payload: string]> => {
  const db = new Database(file)
  db.exec("PRAGMA busy_timeout = 5000")
  const rows = db.prepare("SELECT topic, payload FROM readings").raw().all()
  db.close()
  return rows as ReadonlyArray<readonly [string, string]>
}

const countIn = (file: string): number => {
  const db = new Database(file)
  db.exec("PRAGMA busy_timeout = 5000")
  const found = db.prepare("SELECT count(*) FROM readings").raw().get() as ReadonlyArray<number>
  db.close()
  return found[0] as number
}

/** Each reading of a Producer has two quantities that have no column of their own. */
const incompleteIn = (file: string): number => {
  const db = new Database(file)
  const found = db.prepare(
    "SELECT count(*) FROM readings WHERE (SELECT count(*) FROM reading_values WHERE reading = id) <> 2"
  ).raw().get() as ReadonlyArray<number>
  db.close()
  return found[0] as number
}

const judge = (published: ReadonlyArray<Producer.Published>, file: string) => {
  const counts = new Map<string, number>()
  const rows = rowsIn(file)
  for (const [topic, payload] of rows) counts.set(topic + payload, (counts.get(topic + payload) ?? 0) + 1)
  const wanted = new Set(published.map(({ payload, topic }) => topic + payload))
  return {
    rows: rows.length,
    lost: [...wanted].filter((one) => !counts.has(one)).length,
    twice: [...counts.values()].reduce((sum, count) => sum + count - 1, 0),
    unknown: [...counts.keys()].filter((one) => !wanted.has(one)).length,
    incomplete: incompleteIn(file)
  }
}

/** The longest time from start to kill, in milliseconds: so long that some kills find it idle, and most at work. */
const longestLife = 600

export const run = async (options: Options): Promise<Sum> => {
  const { devices, file, kills, onKill, port, prefix, random, rate } = options
  const begun = Date.now()
  // The Session begins before the first reading.
  await Programs.end(await launch(options), "SIGKILL")
  const producer = await Producer.start({ port, prefix, devices, rate, repeatEvery: 20 })
  let before = 0
  const start = () => launch(options)
  const atWork = await Programs.killAgain({ kills, random, longestLife, onKill, start }, () => {
    const count = countIn(file)
    const hasStored = count > before
    before = count
    return hasStored
  })
  await producer.stop()
  const { published } = producer
  const last = await launch(options)
  await Programs.settled(() => countIn(file), () => countIn(file) >= published.length, 1_000)
  await Programs.end(last, "SIGINT")
  return { published: published.length, ...judge(published, file), atWork, seconds: (Date.now() - begun) / 1000 }
}
