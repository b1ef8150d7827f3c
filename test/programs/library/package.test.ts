/** The library as others have it: built, packed, judged, installed by npm into an empty project, and used there. */
import { build } from "esbuild"
import { execFile, spawn } from "node:child_process"
import * as fs from "node:fs"
import { tmpdir } from "node:os"
import * as path from "node:path"
import { fileURLToPath } from "node:url"
import { promisify } from "node:util"
import { createContext, runInContext } from "node:vm"
import { publint } from "publint"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import type { Endpoint } from "../../../src/ports/Socket.ts"
import * as Aedes from "../../support/aedes.ts"
import { urlOf, withIn } from "../../support/libraryClient.ts"
import * as Mosquitto from "../../support/mosquitto.ts"

const run = promisify(execFile)

const root = fileURLToPath(new URL("../../..", import.meta.url))
const app = fs.mkdtempSync(path.join(fs.realpathSync(tmpdir()), "dormouse-library-"))
const installed = path.join(app, "node_modules/dormouse-mqtt")
const archive = path.join(app, "dormouse-mqtt.tgz")

const write = (name: string, text: string): string => {
  fs.writeFileSync(path.join(app, name), text)
  return path.join(app, name)
}

/** Starts a program of the project. One that does not end by itself is a failure. */
const node = (file: string, ...args: ReadonlyArray<string>) =>
  run(process.execPath, [file, ...args], { cwd: app, timeout: 30_000 })

beforeAll(async () => {
  const built = path.join(app, "built")
  await run(process.execPath, [path.join(root, "bin/buildLibrary.js"), "--out", built], { cwd: root })
  await run("npm", ["pack", built, "--pack-destination", app], { cwd: app })
  const packed = fs.readdirSync(app).find((name) => name.endsWith(".tgz")) as string
  fs.renameSync(path.join(app, packed), archive)
  write("package.json", JSON.stringify({ name: "app", private: true, type: "module" }))
  await run("npm", ["install", "--prefer-offline", "--no-audit", "--no-fund", archive], { cwd: app })
})

afterAll(() => fs.rmSync(app, { recursive: true, force: true }))

const guideText = fs.readFileSync(path.join(root, "docs/library.md"), "utf8")

/** The programs of the guide, in their order. */
const programs = Array.from(guideText.matchAll(/```(js|ts)\n([^]*?)```/g), ([, , text = ""]) => text)

/** The only one that has this text. */
const guide = (text: string): string => {
  const [program, ...others] = programs.filter((each) => each.includes(text))
  if (program === undefined || others.length > 0) throw new Error(`${others.length + 1} programs have ${text}`)
  return program
}

/** The program with this Server in the place of its own. */
const at = (endpoint: Endpoint, program: string): string => {
  expect(program).toContain("\"mqtt://localhost\"")
  return program.replace("mqtt://localhost", urlOf(endpoint))
}

const filesBelow = (directory: string): ReadonlyArray<string> =>
  fs.readdirSync(directory, { recursive: true, encoding: "utf8" }).filter((name) =>
    fs.statSync(path.join(directory, name)).isFile()
  )

describe.skipIf(process.platform === "win32")("the library's package", () => {
  it("needs effect, and ws for WebSocket on Node, and nothing else, and is found sound by publint and attw", async () => {
    const { dependencies } = JSON.parse(fs.readFileSync(path.join(installed, "package.json"), "utf8")) as {
      readonly dependencies: Readonly<Record<string, string>>
    }
    expect(Object.keys(dependencies)).toEqual(["effect", "ws"])
    expect(fs.readdirSync(path.join(app, "node_modules")).filter((name) => !name.startsWith(".")).sort()).toEqual([
      "dormouse-mqtt",
      "effect",
      "ws"
    ])
    const { messages } = await publint({ pkgDir: installed, strict: true })
    expect(messages).toEqual([])
    const attw = path.join(root, "node_modules/@arethetypeswrong/cli/dist/index.js")
    // CommonJS imports it dynamically, as a test below does: that is what this profile leaves out.
    const { stdout } = await node(attw, archive, "--profile", "esm-only", "--format", "json")
    const { analysis } = JSON.parse(stdout) as { readonly analysis: { readonly entrypoints: object } }
    expect(Object.keys(analysis.entrypoints)).toEqual([".", "./effect", "./codec", "./testing", "./store",
      "./package.json"])
  })

  it("imports what is there: its own files, effect, and of Node sockets and files", () => {
    const files = filesBelow(installed).filter((name) => /\.(js|d\.ts)$/.test(name))
    expect(files.length).toBeGreaterThan(100)
    const packages = new Set<string>()
    for (const file of files) {
      const text = fs.readFileSync(path.join(installed, file), "utf8")
      for (const [, name = ""] of text.matchAll(/^(?:import|export) (?:[^"';]* from )?"([^"]+)"/gm)) {
        if (!name.startsWith(".")) packages.add(name.replace(/^effect\/.*/, "effect"))
        else expect([file, fs.existsSync(path.join(installed, path.dirname(file), name))]).toEqual([file, true])
      }
    }
    expect([...packages].sort()).toEqual(["effect", "node:fs", "node:net", "node:path", "node:tls"])
  })

  it("has in its README and the pages beside it only links that lead somewhere", () => {
    const slug = (heading: string) => heading.toLowerCase().replace(/[^a-z0-9 -]/g, "").replaceAll(" ", "-")
    const pages = filesBelow(installed).filter((name) => name.endsWith(".md"))
    expect(pages).toContain("README.md")
    const read = (page: string) => fs.readFileSync(path.join(installed, page), "utf8")
    let links = 0
    for (const page of pages) {
      for (const [, file = "", anchor] of read(page).matchAll(/\]\((?!https?:)([^)#]*)(?:#([^)]*))?\)/g)) {
        const target = file === "" ? page : path.join(path.dirname(page), file)
        expect([page, file, pages.includes(target)]).toEqual([page, file, true])
        const headings = Array.from(read(target).matchAll(/^#+ (.*)$/gm), ([, heading = ""]) => slug(heading))
        if (anchor !== undefined) expect([page, anchor, headings.includes(anchor)]).toEqual([page, anchor, true])
        links++
      }
    }
    expect(links).toBeGreaterThan(10)
  })

  it("needs the version of effect that the guide names", () => {
    const { dependencies } = JSON.parse(fs.readFileSync(path.join(installed, "package.json"), "utf8")) as {
      readonly dependencies: Readonly<Record<string, string>>
    }
    const named = Array.from(guideText.matchAll(/`npm install effect@(\d+)`/g), ([, major]) => major)
    expect(named).toEqual([/^\^(\d+)\./.exec(dependencies["effect"] ?? "")?.[1]])
  })

  it("runs the guide's first program, of five lines, until it is stopped", () =>
    withIn(Aedes.make(), async ({ tcp }) => {
      const program = programs[0] ?? ""
      expect(program.trim().split("\n").filter((line) => line !== "")).toHaveLength(5)
      const child = spawn(process.execPath, [write("hello.mjs", at(tcp, program))], { cwd: app, stdio: "pipe" })
      child.stderr.on("data", (text) => child.stdout.emit("data", text))
      const said = await new Promise<string>((resolve) => child.stdout.once("data", (text) => resolve(String(text))))
      expect(said).toBe("hello/world Hello, MQTT!\n")
      const exited = new Promise((resolve) => child.once("exit", (_, signal) => resolve(signal)))
      child.kill("SIGINT")
      expect(await exited).toBe("SIGINT")
    }))

  it("runs the guide's programs that publish, and that use the codec alone", () =>
    withIn(Aedes.make(), async ({ tcp }) => {
      expect(await node(write("failures.mjs", at(tcp, guide("finally {"))))).toEqual({ stdout: "", stderr: "" })
      expect(await node(write("exactlyOnce.mjs", at(tcp, guide("\"till-7\", cleanSession: false })\nconst messages")))))
        .toEqual({
          stdout: "2 two cups of tea\n",
          stderr: ""
        })
      expect(await node(write("store.mjs", at(tcp, guide("directory(\"outbox\")"))))).toEqual({
        stdout: "is on disk, whatever happens to this program\n",
        stderr: ""
      })
      expect(await node(write("codec.mjs", guide("let framer")))).toEqual({
        stdout: "[ { topicFilter: 'a/#', qos: 1 } ]\n",
        stderr: ""
      })
      expect(await node(write("codec5.mjs", guide("new TextEncoder()")))).toEqual({
        stdout: "home/attic 60\n",
        stderr: ""
      })
      expect(await node(write("version.mjs", guide("cleanStart: true")))).toEqual({ stdout: "5 1\n", stderr: "" })
    }))

  it.skipIf(Mosquitto.executable === undefined)("runs the guide's program with MQTT 5",
    () =>
      withIn(Mosquitto.make(), async ({ tcp }) => {
        expect(await node(write("version5.mjs", at(tcp, guide("retainHandling: 2"))))).toEqual({
          stdout: "21.4 text/plain\n",
          stderr: ""
        })
      }))

  it("runs the guide's tests, which need no Server", async () => {
    const tests = [write("guide.test.mjs", guide("until(reporting)")),
      write("guideEffect.test.mjs", guide("TestClock.adjust(0)"))]
    const { stdout } = await run(process.execPath, ["--test", "--test-reporter=tap", ...tests], {
      cwd: app,
      timeout: 30_000
    })
    expect(stdout).toMatch(/^# pass 2$/m)
    expect(stdout).toMatch(/^# fail 0$/m)
  })

  it("runs the guide's workers, which leave to the Session what they have not done", () =>
    withIn(Aedes.make(), async ({ tcp }, open) => {
      const kept = { qos: 1, buffer: 0 } as const
      const publish = async (topic: string, texts: ReadonlyArray<string>) => {
        const publisher = await open(urlOf(tcp))
        for (const text of texts) await publisher.publish(topic, text, { qos: 1 })
        await publisher.end()
      }
      const subscribed = async (clientId: string, topic: string) => {
        const client = await open(urlOf(tcp), { clientId, cleanSession: false, onEvent: () => {} })
        return { client, messages: await client.subscribe(topic, kept) }
      }
      const work = async (clientId: string, topic: string, jobs: ReadonlyArray<string>, program: string) => {
        await (await subscribed(clientId, topic)).client.end()
        await publish(topic, jobs)
        return node(write(`${clientId}.mjs`, at(tcp, program)))
      }
      const rest = async (clientId: string, topic: string) => {
        await publish(topic, ["last"])
        const { client, messages } = await subscribed(clientId, topic)
        const texts: Array<string> = []
        for await (const { text } of messages) {
          if (text === "last") break
          texts.push(text)
        }
        await client.end()
        return texts
      }
      const jobs = Array.from({ length: 12 }, (_, i) => String(i + 1))
      expect(await work("worker-10", "jobs/ten", jobs, guide("messages.done()"))).toEqual({
        stdout: jobs.slice(0, 10).map((job) => `job ${job}\n`).join(""),
        stderr: ""
      })
      expect(await rest("worker-10", "jobs/ten")).toEqual(["11", "12"])
      expect(await work("worker-json", "jobs/json", ["1", "{", "2"], guide("given back"))).toEqual({
        stdout: "1\ngiven back: {\n",
        stderr: ""
      })
      expect(await rest("worker-json", "jobs/json")).toEqual(["{", "2"])
    }))

  it("runs the guide's client that is online, and offline when it is stopped", () =>
    withIn(Aedes.make(), async ({ tcp }, open) => {
      const watcher = await open(urlOf(tcp))
      const statuses = await watcher.subscribe("home/attic/status")
      const child = spawn(process.execPath, [write("online.mjs", at(tcp, guide("publishWill: true")))], {
        cwd: app,
        stdio: "inherit"
      })
      const exited = new Promise((resolve) => child.once("exit", resolve))
      expect((await statuses.next()).value?.text).toBe("online")
      child.kill("SIGINT")
      expect((await statuses.next()).value?.text).toBe("offline")
      expect(await exited).toBe(0)
    }))

  it("simulates MQTT 5 from the first connection on: nothing is loaded that would take real time", async () => {
    const program = write("simulated5.mjs", [
      "import { simulate } from 'dormouse-mqtt/testing'",
      "const { connect, until, server } = simulate()",
      "const client = await until(connect('mqtt://broker.example', { version: 5 }))",
      "await until(client.publish('a', '1', { qos: 1, properties: { contentType: 'text/plain' } }))",
      "await until(client.end())",
      "console.log(server.messages[0].properties.contentType)"
    ].join("\n"))
    expect(await node(program)).toEqual({ stdout: "text/plain\n", stderr: "" })
  })

  it("runs the guide's program with Effect", () =>
    withIn(Aedes.make(), async ({ tcp }) => {
      const { stderr, stdout } = await node(write("guide.mjs", at(tcp, guide("NodeSocket.layer)"))))
      expect(stderr).toBe("")
      // Retained messages come in any order.
      expect(stdout.trim().split("\n").sort()).toEqual([
        "home/attic/humidity has 2 bytes",
        "home/attic/humidity: 48",
        "home/attic/temperature: 21.4"
      ])
    }))

  it("is imported by CommonJS", () =>
    withIn(Aedes.make(), async ({ tcp }) => {
      const program = write("common.cjs", `import("dormouse-mqtt").then(async ({ connect }) => {
          if (connect !== require("dormouse-mqtt").connect) throw new Error("require gives another one")
          const client = await connect(process.argv[2])
          await client.publish("a", "b", { qos: 1 })
          await client.end()
          console.log("done")
        })`)
      expect(await node(program, urlOf(tcp))).toEqual({ stdout: "done\n", stderr: "" })
    }))

  it("never ends a process that awaits nothing, and keeps none that has ended its client", () =>
    withIn(Aedes.make(), async ({ tcp }) => {
      const program = write("floating.js", `import { connect } from "dormouse-mqtt"
        const client = await connect(process.argv[2], { onEvent: ({ _tag }) => console.log(_tag) })
        client.publish("a/#", "b")
        client.subscribe("a/#/b")
        client.subscribe("a")
        client.subscribe("a")
        client.unsubscribe("")
        client.readTopic("a", { signal: AbortSignal.timeout(1) })
        client.publish("a", { toString: null }, { qos: 2 })
        for (let i = 0; i < 100; i++) client.publish("a", "b", { qos: 1 })
        client.end({ timeout: 0 })
        client.publish("a", "b", { qos: 1 })
        client.subscribe("b")`)
      const { stderr, stdout } = await node(program, urlOf(tcp))
      expect(stderr).toBe("")
      expect(stdout.trim().split("\n").sort()).toEqual(["Connected", "Disconnected", "PublishFailed", "PublishFailed"])
    }))

  it("leaves no timer, however much waits when the client ends", () =>
    withIn(Aedes.make(), async ({ tcp }) => {
      const program = write("leaving.js", `import { connect } from "dormouse-mqtt"
        const client = await connect(process.argv[2])
        let began
        const hasBegun = new Promise((resolve) => began = resolve)
        await client.subscribe("a", () => new Promise(() => began()), { qos: 1 })
        client.publish("a", "b", { qos: 1 })
        client.readTopic("c", { timeout: 60_000 })
        await hasBegun
        await client.end()`)
      const began = performance.now()
      expect(await node(program, urlOf(tcp))).toEqual({ stdout: "", stderr: "" })
      // A handler is reported after ten.
      expect(performance.now() - began).toBeLessThan(9_000)
    }))

  it("tells of a failed connect, and then ends", async () => {
    const program = write("nobody.js", `import { connect } from "dormouse-mqtt"
      await connect("mqtt://127.0.0.1:1").catch(({ _tag, reason }) => console.log(_tag, reason))`)
    expect(await node(program)).toEqual({ stdout: "SocketError Refused\n", stderr: "" })
  })
})

/** What a program in TypeScript does with all entries. */
const typed = `import { connect, type ClientEvent, type Message, type MqttClient, SocketError } from "dormouse-mqtt"
import { Client, NodeSocket } from "dormouse-mqtt/effect"
import { Framer, Packet } from "dormouse-mqtt/codec"
import { directory } from "dormouse-mqtt/store"
import { simulate, simulateNetwork, type Simulation, type TestMessage } from "dormouse-mqtt/testing"
import * as Effect from "effect/Effect"

export const main = async (): Promise<MqttClient> => {
  await using client = await connect("mqtt://localhost", { will: { topic: "a", payload: "b" } })
  const kept: Message | undefined = await client.readTopic("a")
  for await (const { text } of await client.subscribe("a/#", { qos: 1, buffer: 0 })) if (text === kept?.text) break
  await client.subscribe("b", async ({ payload }) => client.publish("c", payload), { qos: 1 })
  for await (const event of client.events()) {
    const status: ClientEvent = event
    if (status._tag === "Reconnecting" && status.reason instanceof SocketError) console.log(status.reason.reason)
  }
  await client.publish("x", "y", { qos: 2, until: "accepted" })
  await connect("mqtt://localhost", { clientId: "x", cleanSession: false, store: directory("outbox") })
  // @ts-expect-error there is no such QoS
  await client.publish("x", "y", { qos: 3 })
  return client
}
export const effect: Effect.Effect<void, Client.ConnectError | Client.PublishError> = Effect.scoped(
  Effect.flatMap(Client.make({ endpoint: { host: "h", port: 1 }, clientId: "x" }), (c) => c.publish("a", "b"))
).pipe(Effect.provide(NodeSocket.layer))
export const simulated = Effect.provide(effect, simulateNetwork().layer)
export const messages = ({ server }: Simulation): ReadonlyArray<TestMessage> => server.messages
export const started: ReadonlyArray<TestMessage> = messages(simulate())
export const bytes = [Packet.encode({ _tag: "Pingreq" }), Framer.make(10).maximumPacketSize]
`

describe.skipIf(process.platform === "win32")("the library's types", () => {
  const compilers: ReadonlyArray<readonly [module: string, moduleResolution: string]> = [["nodenext", "nodenext"], [
    "esnext",
    "bundler"
  ]]
  it.each(compilers)("hold with module %s and moduleResolution %s, declarations checked",
    async (module, resolution) => {
      const tsconfig = {
        compilerOptions: {
          module,
          moduleResolution: resolution,
          target: "es2022",
          strict: true,
          exactOptionalPropertyTypes: true,
          skipLibCheck: false,
          noEmit: true,
          typeRoots: [path.join(root, "node_modules/@types")],
          types: ["node"]
        },
        files: ["typed.ts", ...programs.map((_, i) => `guide${i}.ts`)]
      }
      write("typed.ts", typed)
      programs.forEach((program, i) => write(`guide${i}.ts`, program))
      write("tsconfig.json", JSON.stringify(tsconfig))
      const { bin } = JSON.parse(fs.readFileSync(path.join(root, "node_modules/typescript/package.json"), "utf8")) as {
        readonly bin: { readonly tsc: string }
      }
      const compiled = node(path.join(root, "node_modules/typescript", bin.tsc), "-p", "tsconfig.json")
      const { stdout } = await compiled.catch((failure: { readonly stdout: string }) => failure)
      expect(stdout).toBe("")
    })
})

/** What a bundler makes of it for a browser. */
const forBrowser = async (entry: string): Promise<string> => {
  const { outputFiles } = await build({
    absWorkingDir: app,
    entryPoints: [entry],
    bundle: true,
    minify: true,
    platform: "browser",
    format: "iife",
    write: false
  })
  return outputFiles[0]?.text ?? ""
}

describe.skipIf(process.platform === "win32")("the client in a browser", () => {
  it("is what a bundler takes, without Node and ws", async () => {
    const plain = await forBrowser(write("page.js", `import { connect, SocketError } from "dormouse-mqtt"
      globalThis.result = [connect, SocketError]`))
    // A page opens it in test/programs/library/browser.test.ts. MQTT 5 is in it, because it is one file.
    expect(plain.length).toBeLessThan(232_000)
    const composed = await forBrowser(write("composed.js", `import { BrowserSocket, Client } from "dormouse-mqtt/effect"
      globalThis.result = [BrowserSocket.layer, Client.make]`))
    for (const script of [plain, composed]) {
      expect(/"node:(net|tls|http)"|sec-websocket-accept/i.test(script)).toBe(false)
    }
  })
})

describe.skipIf(process.platform === "win32")("the codec in a browser", () => {
  it("is one small script without Node", async () => {
    const entry = write("browser.js", `import { Framer, Packet } from "dormouse-mqtt/codec"
      const bytes = Packet.encode({ _tag: "Connect", clientId: "c", cleanSession: true, keepAlive: 60 }).success
      const { packets } = Framer.push(Framer.make(1000), bytes, Packet.decode)
      globalThis.result = [Array.from(bytes).join(), packets[0]._tag, packets[0].clientId].join(" ")`)
    const script = await forBrowser(entry)
    // The runtime of effect is not in it: that alone is several times as much.
    expect(script.length).toBeLessThan(60_000)
    const page = createContext({ TextEncoder, TextDecoder, Uint8Array, result: "" })
    runInContext(script, page)
    expect(page["result"]).toBe("16,13,0,4,77,81,84,84,4,2,0,60,0,1,99 Connect c")
  })
})
