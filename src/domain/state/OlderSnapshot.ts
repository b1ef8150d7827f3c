/**
 * A snapshot that an older program has written, in today's form: a device on Node keeps its state when Dormouse is
 * updated.
 */
import type { Content } from "./SnapshotContent.ts"

/** Messages had whole topics, and whether they were to be retained. */
interface Older extends Omit<Content, "e" | "p" | "s"> {
  readonly e: ReadonlyArray<readonly [id: number, topic: string, payload: string, retain: 0 | 1]>
  readonly p?: readonly [version: number, wakes: number, rolledBack: number]
}

/** What follows the prefix: `<sensor id>/data` or one of its values, or `config_status`. */
const place = (topic: string): string => {
  const levels = topic.split("/")
  return levels.slice(levels[levels.length - 1] === "config_status" ? -1 : -2).join("/")
}

export const upgraded = (value: unknown): Content => {
  const { e, p = [0, 0, 0], ...rest } = value as Older
  return { ...rest, e: e.map(([id, topic, payload]) => [id, place(topic), payload]), p, s: [0, 0, 0, [0, 0], []] }
}
