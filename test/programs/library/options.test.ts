/** Options that do not exist, and values of another type: in every call and at every depth, a typed error and nothing else. */
import { describe, expect, it } from "vitest"
import * as Known from "../../../src/programs/library/knownOptions.ts"
import * as Library from "../../../src/programs/library/library.ts"
import type { Known as Table } from "../../../src/programs/library/OptionTable.ts"
import { simulate, type Simulation } from "../../../src/programs/library/testing.ts"

const url = "mqtt://broker.example"
const quiet = { onEvent: () => {} }

type Call = (...args: ReadonlyArray<unknown>) => Promise<unknown>

/** Calls as JavaScript has them. */
const untyped = (client: object) => client as Readonly<Record<string, Call>>

const opened = async (version: 4 | 5) => {
  const { connect, until } = simulate()
  const client = await connect(url, { ...quiet, version })
  return { client, until, methods: untyped(client) }
}

const failureOf = (call: Promise<unknown> | undefined): Promise<unknown> =>
  (call ?? Promise.resolve()).then(() => undefined, (error: unknown) => error)

describe("an option that does not exist", () => {
  const connecting: ReadonlyArray<readonly [options: object, option: string, words: string]> = [
    [{ clientID: "a" }, "clientID", "connect: there is no option clientID: did you mean clientId?"],
    [{ user: "a" }, "user", "did you mean username?"],
    [{ ca: "" }, "ca", "did you mean tls.ca?"],
    [{ will: { topic: "a", payload: "", retained: true } }, "will.retained", "did you mean will.retain?"],
    [{ will: { topic: "a", payload: "", willDelayInterval: 1 } }, "will.willDelayInterval",
      "did you mean will.properties.willDelayInterval?"],
    [{ will: { topic: "a", payload: "", properties: { delay: 1 } } }, "will.properties.delay",
      "known are will.properties.payloadFormatIndicator, "],
    [{ tls: { rejectUnauthorized: false } }, "tls.rejectUnauthorized", "certificates are always checked"],
    [{ webSocket: { header: {} } }, "webSocket.header", "did you mean webSocket.headers?"],
    [{ servers: { returnafter: 1 } }, "servers.returnafter", "did you mean servers.returnAfter?"],
    [{ reconnect: { period: 1 } }, "reconnect.period", "known are reconnect.minDelay"],
    [{ authentication: { method: "a", response: 1 } }, "authentication.response",
      "did you mean authentication.respond?"]
  ]
  it.each(connecting)("of connect(%j) is named with its place", async (options, option, words) => {
    const failure = await failureOf(simulate().connect(url, options))
    expect(failure).toBeInstanceOf(Library.InvalidOption)
    expect(failure).toMatchObject({ option, message: expect.stringContaining(words) })
  })

  it("of a call is named with its place", async () => {
    const { client, methods } = await opened(5)
    const { end, publish, readTopic, reauthenticate, request, subscribe, unsubscribe } = methods
    const calls: ReadonlyArray<readonly [failed: Promise<unknown> | undefined, words: string]> = [
      [publish?.("a", "b", { retained: true }), "publish: there is no option retained: did you mean retain?"],
      [publish?.("a", "b", { QoS: 1 }), "publish: there is no option QoS: did you mean qos?"],
      [publish?.("a", "b", { contentType: "t" }), "did you mean properties.contentType?"],
      [publish?.("a", "b", { properties: { topicAlias: 1 } }), "there is no option properties.topicAlias"],
      [publish?.("a", "b", { timeout: 1 }), "signal: AbortSignal.timeout"],
      [request?.("a", "b", { wait: 1 }), "request: there is no option wait"],
      [subscribe?.("a", { QoS: 1 }), "subscribe: there is no option QoS: did you mean qos?"],
      [subscribe?.("a", { rap: true }), "use retainAsPublished"],
      [subscribe?.("a", () => {}, { buffer: 1 }), "a handler has no buffer"],
      [unsubscribe?.("a", { signals: 1 }), "did you mean signal?"],
      [readTopic?.("a", { timeOut: 1 }), "did you mean timeout?"],
      [reauthenticate?.({ password: "" }), "known are data, signal"],
      [end?.({ publishwill: true }), "end: there is no option publishwill: did you mean publishWill?"]
    ]
    for (const [failed, words] of calls) {
      const failure = await failureOf(failed)
      expect(failure).toBeInstanceOf(Library.InvalidOption)
      expect(failure).toMatchObject({ message: expect.stringContaining(words) })
    }
    // Nothing that was refused has happened.
    expect(client.isConnected).toBe(true)
    await client.end()
  })
})

it("a secret of another type is not shown", async () => {
  for (const options of [{ username: "u", password: 4711 }, { tls: { passphrase: 4711 } }]) {
    const failure = await failureOf(simulate().connect("mqtts://broker.example", options as object))
    expect(failure).toMatchObject({ _tag: "InvalidOption", message: expect.stringContaining("but is a number") })
    expect(String(failure)).not.toContain("4711")
  }
})

it("a text in the place of bytes is sent as UTF-8", async () => {
  const { connect, network, server, until } = simulate()
  const correlationData = "grün"
  const will = { topic: "w", payload: "weg", properties: { correlationData } }
  const client = await connect(url, { ...quiet, version: 5, reconnect: false, will })
  await client.publish("a", "b", { qos: 1, properties: { correlationData } })
  const sent = new TextEncoder().encode(correlationData)
  expect(server.messages[0]?.properties?.correlationData).toEqual(sent)
  const other = await connect(url, { version: 5 })
  const lost = await other.subscribe("w")
  network.drop()
  expect((await until(lost.next())).value).toMatchObject({ text: "weg", properties: { correlationData: sent } })
  await other.end()
})

const values: ReadonlyArray<unknown> = [undefined, null, NaN, Infinity, -1, 0, 1, 1.5, 7, 70_000, true, false, "", "x",
  "a/#", {}, [], [1], [["a"]], [["a", 1]], { a: 1 }, Object.create(null), () => {}, () => 7, new Uint8Array(1),
  new Date(0)]

/** The library's own errors. */
const errors = Object.values(Library).filter((each) => "prototype" in each && each.prototype instanceof Error)

/** What its caller can do something with. */
const isTyped = (failure: unknown): boolean =>
  failure instanceof Error && failure.message !== "" && errors.some((each) => failure.constructor === each)

/** The paths of all options, with the other options that go with each. */
const paths = ({ kinds }: Table, before: ReadonlyArray<string> = []): ReadonlyArray<ReadonlyArray<string>> =>
  Object.entries(kinds).flatMap(([name, { table }]) => {
    const path = [...before, name]
    return [path, ...(table === undefined ? [] : paths(table, path))]
  })

const needed: Readonly<Record<string, object>> = {
  will: { topic: "a", payload: "b" },
  authentication: { method: "m" }
}

/** An object in which only this option is given, and what must be beside it. */
const withOption = ([name = "", ...inner]: ReadonlyArray<string>, value: unknown): object => ({
  [name]: inner.length === 0 ? value : { ...needed[name], ...withOption(inner, value) }
})

/** Undefined: what comes of it is a success or a typed error. */
const fault = async (what: string, { until }: Pick<Simulation, "until">, call: () => Promise<unknown> | undefined) => {
  try {
    const failure = await until(failureOf(call()))
    return failure === undefined || isTyped(failure) ? undefined : `${what} rejects with ${String(failure)}`
  } catch (error) {
    return `${what} throws ${String(error)}`
  }
}

const worded = (value: unknown): string =>
  typeof value === "function" ? String(value)
    : value instanceof Uint8Array ? "bytes" : JSON.stringify(value) ?? "undefined"

/** A client that works whatever the values are must end: what a value has made wait for ever is a fault, too. */
const connectFaults = async (given: object): Promise<ReadonlyArray<string>> => {
  const simulation = simulate()
  let client: Library.MqttClient | undefined
  const wrong = await fault(`connect with ${worded(given)}`, simulation, async () => {
    client = await simulation.connect(url, { ...quiet, ...given })
  })
  const ending = await fault(`the end after ${worded(given)}`, simulation, async () => client?.end())
  return [wrong, ending].filter((each) => each !== undefined)
}

describe("a value of any type", () => {
  it("of any option of connect is taken, or refused by a typed error", async () => {
    const wrong: Array<string> = []
    for (const path of paths(Known.connect)) {
      for (const value of values) {
        for (const version of [4, 5]) {
          const given = { version, clientId: "c", username: "u", ...withOption(path, value) }
          wrong.push(...await connectFaults(given))
        }
      }
    }
    expect(wrong).toEqual([])
  })

  /** How each call is made with options. */
  const calls: Readonly<Record<keyof typeof Known.calls, readonly [name: string, ...before: ReadonlyArray<unknown>]>> =
    {
      publish: ["publish", "a", "b"],
      request: ["request", "a", "b"],
      subscribeLoop: ["subscribe", "a"],
      subscribeHandler: ["subscribe", "a", () => {}],
      unsubscribe: ["unsubscribe", "a"],
      readTopic: ["readTopic", "a"],
      reauthenticate: ["reauthenticate"],
      end: ["end"]
    }
  const versions = [4, 5] as const
  it.each(versions)("of any option of any call of a client of MQTT %i", async (version) => {
    const wrong: Array<string | undefined> = []
    for (const [name, [method, ...before]] of Object.entries(calls)) {
      for (const path of [[], ...paths(Known.calls[name as keyof typeof calls])]) {
        const { client, methods, until } = await opened(version)
        for (const value of values) {
          // That is what it asks for.
          if (path.at(-1) === "timeout" && value === Infinity) continue
          const options = path.length === 0 ? value : withOption(path, value)
          const what = `${method} with ${path.join(".")} ${worded(value)}`
          wrong.push(await fault(what, { until }, () => methods[method]?.(...before, options)))
        }
        wrong.push(await fault(`the end after ${method} with ${path.join(".")}`, { until }, () => client.end()))
      }
    }
    expect(wrong.filter((each) => each !== undefined)).toEqual([])
  })

  it.each(versions)("in the place of any argument of a client of MQTT %i", async (version) => {
    const wrong: Array<string | undefined> = []
    for (const value of values) {
      const { client, methods, until } = await opened(version)
      for (
        const [method, ...arguments_] of [["publish", value, "b"], ["publish", "a", value], ["request", value, "b"], [
          "request",
          "a",
          value
        ], ["subscribe", value], ["subscribe", "a", value], ["subscribe", "b", () => {}, value], ["unsubscribe", value],
          ["readTopic", value]] as const
      ) {
        wrong.push(await fault(`${method} with ${worded(value)}`, { until }, () => methods[method]?.(...arguments_)))
      }
      await client.end()
      const { connect, until: other } = simulate()
      wrong.push(
        await fault(`connect to ${worded(value)}`, { until: other }, async () =>
          (await connect(value as string, quiet)).end())
      )
      wrong.push(
        await fault(`connect to [${worded(value)}]`, { until: other }, async () =>
          (await connect([value as string], quiet)).end())
      )
      wrong.push(
        await fault(`connect with ${worded(value)}`, { until: other }, async () =>
          (await connect(url, value as object)).end())
      )
    }
    expect(wrong.filter((each) => each !== undefined)).toEqual([])
  })
})
