import { describe, expect, it } from "vitest"
import * as ConfigUpdate from "../../../src/domain/config/ConfigUpdate.ts"
import * as Bytes from "../../../src/domain/bytes/Bytes.ts"
import { known, look } from "../../../src/domain/wake/known.ts"
import { type Given, twoTopics, wakeOf } from "./support.ts"

type Message = readonly [topic: string, text: string]

const present = "version 5 is the present version"

const rows: ReadonlyArray<
  readonly [
    name: string,
    given: Given,
    messages: ReadonlyArray<Message>,
    known: string | undefined
  ]
> = [
  ["the present version again", {}, [["config", "{\"version\":5}"]], present],
  ["a newer version", {}, [["config", "{\"version\":6}"]], undefined],
  ["an older version", {}, [["config", "{\"version\":4}"]], undefined],
  ["a version that is a text", {}, [["config", "{\"version\":\"5\"}"]], undefined],
  ["no JSON", {}, [["config", "5"]], undefined],
  ["nothing has come", {}, [], undefined],
  ["two topics: the present number", { mqtt: twoTopics }, [["config/version", "5"]], present],
  ["two topics: a newer number", { mqtt: twoTopics }, [["config/version", "6"]], undefined],
  ["two topics: the number of another form", { mqtt: twoTopics }, [["config/version", " 5.0 "]], present],
  ["two topics: only a document", { mqtt: twoTopics }, [["config/data", "{\"version\":5}"]], undefined]
]

describe("nothing is to be done about a configuration", () => {
  it.each(rows)("%s", (_, given, messages, expected) => {
    const wake = wakeOf(given)
    const begun = ConfigUpdate.begin(wake.config.mqtt, wake.config.version, wake.config)
    const update = messages.reduce(
      (before, [topic, text]) => ConfigUpdate.receive(before, { topic, payload: Bytes.fromText(text) }),
      begun
    )
    expect(known(wake, update)).toBe(expected)
    expect(look(wake, update)).toEqual({})
    expect(wake.events).toEqual([])
  })
})
