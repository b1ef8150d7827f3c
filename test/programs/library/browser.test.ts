/** The library in a real browser: a page with it, bundled, at a real Server. */
import { build } from "esbuild"
import type { Browser, Page } from "playwright-core"
import * as http from "node:http"
import * as net from "node:net"
import * as path from "node:path"
import * as Effect from "effect/Effect"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import * as Aedes from "../../support/aedes.ts"
import * as Chromium from "../../support/chromium.ts"
import { urlOf, withIn } from "../../support/libraryClient.ts"
import * as Mosquitto from "../../support/mosquitto.ts"
import * as TcpServer from "../../support/tcpServer.ts"
import * as WebSocketServer from "../../support/webSocketServer.ts"

const root = path.join(import.meta.dirname, "../../..")

/** The module that bundlers for browsers take. */
const entry = "src/programs/library/browser.ts"

/** As one script that gives the page `mqtt`. */
const bundled = async (): Promise<string> => {
  const { outputFiles } = await build({
    absWorkingDir: root,
    entryPoints: [entry],
    bundle: true,
    minify: true,
    platform: "browser",
    format: "iife",
    globalName: "mqtt",
    write: false
  })
  return outputFiles[0]?.text ?? ""
}

/** What the page has. */
declare const mqtt: typeof import("../../../src/programs/library/browser.ts")

it("is one script without Node, and without the package ws", async () => {
  const script = await bundled()
  // Not the text itself: nobody wants to read it when the test fails.
  const foreign = ["require(", "from\"node:", "import(\"", "sec-websocket-accept", "setNoDelay"]
  expect(foreign.filter((text) => script.toLowerCase().includes(text.toLowerCase()))).toEqual([])
  // Effect's runtime is most of it.
  expect(script.length).toBeLessThan(232_000)
})

it("loads MQTT 5 when it is asked for, where the bundler splits", async () => {
  const { metafile: { outputs } } = await build({
    absWorkingDir: root,
    entryPoints: [entry],
    bundle: true,
    minify: true,
    splitting: true,
    platform: "browser",
    format: "esm",
    outdir: "out",
    write: false,
    metafile: true
  })
  const first = new Set<string>()
  const load = (name: string): void => {
    if (first.has(name)) return
    first.add(name)
    for (const { kind, path } of outputs[name]?.imports ?? []) if (kind === "import-statement") load(path)
  }
  load(Object.keys(outputs).find((name) => outputs[name]?.entryPoint === entry) ?? "")
  const isV5 = (source: string) => source.startsWith("src/domain/packet/v5/") || source.endsWith("version5.ts")
  const inputs = [...first].flatMap((name) => Object.entries(outputs[name]?.inputs ?? {}))
  expect(inputs.filter(([source, { bytesInOutput }]) => isV5(source) && bytesInOutput > 0)).toEqual([])
  expect([...first].reduce((sum, name) => sum + (outputs[name]?.bytes ?? 0), 0)).toBeLessThan(200_000)
})

describe.skipIf(Chromium.executable === undefined)("the library in Chromium" + Chromium.hint, () => {
  let browser: Browser
  let page: Page
  let pages: http.Server
  beforeAll(async () => {
    const script = await bundled()
    pages = http.createServer((request, response) => {
      const isScript = request.url === "/mqtt.js"
      response.setHeader("content-type", isScript ? "text/javascript" : "text/html")
      response.end(isScript ? script : "<!doctype html><title>A page</title><script src=mqtt.js></script>")
    })
    await new Promise<void>((resolve) => pages.listen(0, "127.0.0.1", resolve))
    browser = await Chromium.launch()
    page = await browser.newPage()
    await page.goto(`http://127.0.0.1:${(pages.address() as net.AddressInfo).port}/`)
  })
  afterAll(async () => {
    await browser?.close()
    pages?.close()
  })

  /** What the page says of a failed `connect`. */
  const failure = (url: string, options: object = {}) =>
    page.evaluate(async ([url, options]) => {
      const error = await mqtt.connect(url, options).then(() => ({}), (error: unknown) => error)
      const { _tag, message, reason } = error as { _tag?: string; reason?: string; message?: string }
      return { _tag, reason, message }
    }, [url, options] as const)

  /** Publishes and reads, and says what came. */
  const talk = (url: string, bytes: number) =>
    page.evaluate(async ([url, bytes]) => {
      const client = await mqtt.connect(url)
      const messages = await client.subscribe("page/#", { qos: 1 })
      const large = new Uint8Array(bytes).map((_, index) => index * 7)
      await client.publish("page/hello", "Hello, MQTT!", { qos: 1 })
      await client.publish("page/large", large, { qos: 1 })
      const first = (await messages.next()).value
      const second = (await messages.next()).value
      await client.end()
      const isSame = second?.payload.every((byte, index) => byte === large[index])
      return [first?.topic, first?.text, second?.payload.length, isSame, client.isConnected]
    }, [url, bytes] as const)
  const said = (bytes: number) => ["page/hello", "Hello, MQTT!", bytes, true, false]

  it("talks to Aedes", () =>
    withIn(Aedes.make(), async ({ ws }) => {
      expect(await talk(urlOf(ws), 1_000_000)).toEqual(said(1_000_000))
    }))

  // Its WebSocket takes a second for 30 kB.
  it.skipIf(!Mosquitto.hasWebSocket)("talks to Mosquitto, where it is installed with WebSocket",
    () =>
      withIn(Effect.suspend(() => Mosquitto.make()), async ({ ws }) => {
        expect(await talk(urlOf(ws), 5_000)).toEqual(said(5_000))
      }))

  it.skipIf(Mosquitto.executable === undefined)("speaks MQTT 5", () =>
    withIn(
      Effect.flatMap(Effect.suspend(() => Mosquitto.make()), ({ tcp }) =>
        WebSocketServer.before((stream) => {
          const server = net.connect(tcp.port, tcp.host)
          server.on("error", () => stream.destroy())
          stream.pipe(server).pipe(stream)
        })),
      async ({ endpoint }) => {
        const got = await page.evaluate(async (url) => {
          const client = await mqtt.connect(url, { version: 5 })
          const messages = await client.subscribe("a", { qos: 1 })
          await client.publish("a", "b", { qos: 1, properties: { contentType: "text/plain" } })
          const { value } = await messages.next()
          await client.end()
          return [value?.text, value?.properties?.contentType]
        }, urlOf(endpoint))
        expect(got).toEqual(["b", "text/plain"])
      }
    ))

  it("connects again when it is lost, and delivers what waited", () =>
    withIn(
      Effect.gen(function*() {
        const { aedes } = yield* Aedes.make()
        const cuts: Array<() => void> = []
        const server = yield* WebSocketServer.before((stream) => {
          cuts.push(() => void stream.destroy())
          aedes.handle(stream)
        })
        return { cuts, endpoint: server.endpoint }
      }),
      async ({ cuts, endpoint }) => {
        await page.exposeFunction("cut", () => cuts[0]?.())
        const seen = await page.evaluate(async (url) => {
          const seen: Array<string> = []
          const client = await mqtt.connect(url, { onEvent: ({ _tag }) => seen.push(_tag) })
          const messages = await client.subscribe("a", { qos: 1 })
          await (globalThis as unknown as { cut: () => Promise<void> }).cut()
          await client.publish("a", "again", { qos: 1 })
          seen.push((await messages.next()).value?.text ?? "")
          await client.end()
          return seen
        }, urlOf(endpoint))
        expect(seen).toEqual(["Connected", "Reconnecting", "Connected", "again", "Disconnected"])
      }
    ))

  it("says what a browser knows of a connection that fails, and what it cannot do", () =>
    withIn(TcpServer.freePort, async (port) => {
      expect(await failure(`ws://127.0.0.1:${port}/mqtt`)).toMatchObject({
        _tag: "SocketError",
        reason: "Unreachable",
        message: expect.stringContaining("nobody may listen there")
      })
      expect(await failure("mqtt://127.0.0.1")).toMatchObject({
        _tag: "InvalidServerUrl",
        message: expect.stringContaining("must be ws://")
      })
      expect(await failure("wss://127.0.0.1", { tls: {} })).toMatchObject({
        _tag: "InvalidOption",
        message: expect.stringContaining("leave tls out")
      })
      expect(await failure("ws://127.0.0.1", { webSocket: { headers: { a: "b" } } })).toMatchObject({
        _tag: "InvalidOption",
        message: expect.stringContaining("sends no headers")
      })
    }))

  it("tells on the console what goes wrong when nobody listens to events", () =>
    withIn(Aedes.make(), async ({ ws }) => {
      const told = page.waitForEvent("console", (message) => message.type() === "warning")
      await page.evaluate(async (url) => {
        const client = await mqtt.connect(url)
        void client.publish("a/#", "b")
        await client.end()
      }, urlOf(ws))
      expect((await told).text()).toContain("PublishFailed: ")
    }))
})
