import * as Effect from "effect/Effect"
import { writeFileSync } from "node:fs"
import { describe, expect, it } from "vitest"
import * as Crc32 from "../../../src/domain/bytes/Crc32.ts"
import { question } from "../../../src/programs/flash/Board.ts"
import * as Directory from "../../support/directory.ts"
import * as Espruino from "../../support/espruino.ts"
import * as TcpServer from "../../support/tcpServer.ts"
import { deviceConfig } from "../device/support.ts"
import { flashed, prompt, script, spawned, test, woke } from "./support.ts"
import { withLogs } from "../../../src/programs/flash/logs.ts"
import type { StoredFile } from "../../../src/programs/flash/upload.ts"

const oneLine = (text: string) => expect(text.trimEnd().split("\n")).toHaveLength(1)

/** Runs it against this board and expects it to give up with one line. */
const refused = (override: Parameters<typeof prompt>[0], said: string, wait = 20) =>
  test(Effect.gen(function*() {
    const { port } = yield* prompt(override)
    const { fault } = yield* flashed(port, yield* script("1".repeat(2_000)), { wait })
    expect(fault).toContain(said)
    oneLine(fault)
  }))

describe.concurrent("npm run flash refuses in one line", () => {
  it("a command line without a port, and lists the ports that exist", test(Effect.gen(function*() {
    const { code, err } = yield* spawned("flash")
    expect(err).toMatch(/^say where the board is: --port .*(found: |no serial port was found)/)
    oneLine(err)
    expect(code).toBe(1)
  })))

  it("a TCP port without a number", test(Effect.gen(function*() {
    const { fault } = yield* flashed("tcp://localhost", "board/device.js")
    expect(fault).toBe("tcp://localhost is not an address of the form tcp://host:port, with a port from 1 to 65535")
  })))

  it("a bundle that is not there", test(Effect.gen(function*() {
    const { code, err } = yield* spawned("flash", "--port", "tcp://127.0.0.1:1", "--file", "nowhere/device.js")
    expect([code, err]).toEqual([1,
      "nowhere/device.js does not exist: run npx dormouse bundle --config device.json first, or give --config here\n"])
  })))

  it("a bundle, or a module, that cannot be read", test(Effect.gen(function*() {
    const folder = yield* Directory.temporary
    expect((yield* flashed("tcp://127.0.0.1:1", folder)).fault).toBe(folder + " is not a file")
    const file = yield* script("1")
    const advice = ": take Espruino's own from https://www.espruino.com/modules/DHT22.min.js or BME280.min.js"
    expect((yield* flashed("tcp://127.0.0.1:1", file, { module: ["nowhere/DHT22.min.js"] })).fault).toBe(
      "--module nowhere/DHT22.min.js does not exist" + advice
    )
  })))

  it("an empty bundle", test(Effect.gen(function*() {
    const { fault } = yield* flashed("tcp://127.0.0.1:1", yield* script(""))
    expect(fault).toContain("run npx dormouse bundle again")
  })))

  it("a serial port that is not there", test(Effect.gen(function*() {
    const port = (yield* Directory.temporary) + "/ttyUSB0"
    const { fault } = yield* flashed(port, yield* script("1"))
    expect(fault).toContain(port + " does not exist; ")
    oneLine(fault)
  })))

  it("a serial port that is not there, before it bundles", test(Effect.gen(function*() {
    const folder = yield* Directory.temporary
    const { code, err } = yield* spawned("flash", "--port", folder + "/ttyUSB0", "--config", "nowhere.json", "--file",
      folder + "/device.js")
    expect([code, err.startsWith(folder + "/ttyUSB0 does not exist; ")]).toEqual([1, true])
    oneLine(err)
  })))

  it("a file that is no port", test(Effect.gen(function*() {
    const file = yield* script("1")
    const { fault } = yield* flashed(file, file)
    expect(fault).toBe(file + " is not a serial port")
  })))

  it("a TCP port where nobody listens", test(Effect.gen(function*() {
    const port = "tcp://127.0.0.1:" + (yield* TcpServer.freePort)
    const { fault } = yield* flashed(port, yield* script("1"))
    expect(fault).toBe(port + ": nobody listens there")
  })))

  it("a configuration that cannot be bundled", test(Effect.gen(function*() {
    const { port, lines } = yield* prompt()
    const { code, err } = yield* spawned("flash", "--port", port, "--config", "nowhere.json", "--file",
      yield* script("1"))
    expect(err).toMatch(/nowhere\.json.*does not exist.*\nnothing was flashed, because nothing was bundled\n$/)
    expect([code, lines]).toEqual([1, []])
  })))
})

describe.concurrent("npm run flash gives up in one line", () => {
  it("when nothing answers",
    refused(() => undefined,
      "no answer within 1 s. Asleep? Press the board's reset button (EN) while this waits. Without Espruino?", 1))

  it("when what answers is not Espruino, even if it echoes all",
    refused((line) => line + "\r\nlogin: ", "is not Espruino's interpreter; it says \"try{print(", 3))

  it("when the port is closed before an answer",
    refused((_, socket) => void socket.destroy(), "was closed before the board answered"))

  it("when the port is closed while it writes", refused(
    (line, socket, usual) => line.includes("f,p,768)") ? void socket.end() : usual(),
    "interrupted while writing .bootcde: the port was closed (the other end closed it, or the cable came loose). The board holds half a program: flash it again"
  ))

  it("when the port is closed while it compares", refused(
    (line, socket, usual) => line.includes(",JSON.stringify(E.CRC32") ? void socket.end() : usual(),
    "interrupted while comparing .bootcde: the port was closed (the other end closed it, or the cable came loose). Everything is sent, but not compared: flash it again"
  ))

  it("in words when the connection is broken, and shows no object of the driver's", refused(
    (line, socket, usual) => line.includes("f,p,768)") ? void socket.resetAndDestroy() : usual(),
    "interrupted while writing .bootcde: the port was closed (the other end broke the connection). The board holds half a program: flash it again"
  ))

  it("when the board throws", refused(
    (line, _, usual) =>
      line.includes(".write(") ? usual().replace(/> .*/, "> Error: Unable to find or create file").replace(">", "!>")
        : usual(),
    "the board failed while writing .bootcde: Error: Unable to find or create file"
  ))

  it("when the board has other bytes than were sent", refused(
    (line, _, usual) => line.includes(",JSON.stringify(E.CRC32") ? usual().replace(/> \d+/, "> 1") : usual(),
    ".bootcde is not on the board as it was sent"
  ))

  it("when the line loses characters again and again", refused(
    (line, _, usual) => line.includes(".write(") ? usual().replace("> true", "> false") : usual(),
    ".bootcde does not come to the board as it is sent: the line loses characters"
  ))

  it("when the program does not fit the board's memory", refused(
    (line, _, usual) => line.includes("load()") ? woke + ">OUT OF MEMORY    at ga (:1:437)\r\n" : usual(),
    "out of memory while starting: ESP32C3 has 4095 variables; the program takes up to 4,000 of them, with --runtime effect up to 14,000"
  ))

  it("when the program throws at once", refused(
    (line, _, usual) => line.includes("load()") ? "Uncaught ReferenceError: \"x\" is not defined\r\n" : usual(),
    "the program stopped on the board: Uncaught ReferenceError: \"x\" is not defined"
  ))

  it("when the port is closed and the program has said nothing", refused(
    (line, socket, usual) => line.includes("load()") ? void socket.end() : usual(),
    "the port was closed while the program started"
  ))
})

describe.concurrent("npm run flash", () => {
  const enquiry = "[process.env.VERSION,process.env.BOARD,process.memory().total]"

  it("sends these lines and no others", test(Effect.gen(function*() {
    const { lines, port } = yield* prompt()
    const code = "x".repeat(768) + "°\n"
    const { fault } = yield* flashed(port, yield* script(code))
    const piece = ({ bytes, name }: StoredFile, at: number) => {
      const part = Buffer.from(bytes.subarray(at, at + 768))
      const sum = Crc32.crc32(part)
      const place = at === 0 ? "0," + bytes.length : "" + at
      return `(function(p,s,f){return (E.CRC32(s.read(f,${at},${part.length})||"")>>>0)==${sum}||(E.CRC32(p)>>>0)==${sum}&&s.write(f,p,${place})})` +
        `(atob("${part.toString("base64")}"),require("Storage"),"${name}")`
    }
    // The program, what fills Storage up to a page, and the files of the state and the journal, of which only their
    // numbers are sent.
    const [program, gap, state, journal] = withLogs([{ name: ".bootcde", bytes: Buffer.from(code) }]) as [
      StoredFile,
      StoredFile,
      StoredFile,
      StoredFile
    ]
    const pieces = [piece(program, 0), piece(program, 768), piece(gap, 0), piece(state, 0), piece(state, 3_840),
      piece(state, 69_120), piece(journal, 0)]
    const sums = [".bootcde", ".gap", "state", "journal"].map((name) => `E.CRC32(require("Storage").read("${name}"))`)
    expect(lines.map((line) => line + "\n")).toEqual([
      "\u0003" + question(1, enquiry),
      "\u0010reset()\n",
      question(2, "1"),
      ...[`(require("Storage").eraseAll(),1)`, ...pieces, ...sums].map((asked, index) => question(3 + index, asked)),
      "\u0010load()\n"
    ])
    expect(question(6, "1")).toBe(
      `\u0010try{print("<dorm"+"ouse 6>",JSON.stringify(1))}catch(e){print("<dorm"+"ouse 6!>",e.toString())}\n`
    )
    expect(fault).toBe("")
  })))

  it("writes the boot code first and then the rest of the bundle, shows the progress, and what to do next",
    test(Effect.gen(function*() {
      const { files, port } = yield* prompt()
      const { code, err, out } = yield* spawned("flash", "--port", port, "--file",
        yield* script("a".repeat(5_000), "(function(){})"))
      // The word is one byte, as Espruino has read them since 2v26.
      expect([...files].slice(0, 2).map(([name, bytes]) => [name, bytes.toString("latin1")])).toEqual([[".bootcde",
        "a".repeat(5_000)], [".review", "(\xaa(){})"]])
      // The state's file begins on a page.
      expect([...files.values()].slice(0, 3).reduce((sum, { length }) => sum + 32 + ((length + 3) & ~3), 0) % 4096)
        .toBe(0)
      expect([...files.keys()].slice(2)).toEqual([".gap", "state", "journal"])
      expect(out.replace(/\d\d:\d\d:\d\d/g, "hh:mm:ss").split("\n")).toEqual([
        `${port} is open; waiting for the board (asleep? press its reset button)`,
        "ESP32C3, Espruino 2v29, 4095 variables",
        "erasing Storage (up to a minute)",
        "writing .bootcde: 1536 of 5000 bytes, 30 %",
        "writing .bootcde: 3072 of 5000 bytes, 61 %",
        "writing .bootcde: 3840 of 5000 bytes, 76 %",
        "writing .bootcde: 5000 of 5000 bytes, 100 %",
        "writing .review: 7 of 7 bytes, 100 %",
        "preparing .gap",
        "preparing state",
        "preparing journal",
        "compared: the board holds what was sent. Starting it; the board says:",
        "  hh:mm:ss  awake         nothing pending",
        "  hh:mm:ss  sleeps        for 59 s",
        `Done: the program runs, and the board sleeps until its next wake. Next: npx dormouse monitor --port ${port}`,
        ""
      ])
      expect([code, err]).toEqual([0, ""])
    })))

  it("sends a piece again that was lost or spoilt on the way, and writes it once", test(Effect.gen(function*() {
    let sent = 0
    const { files, lines, port } = yield* prompt((line, _, usual) => {
      if (!line.includes("f,p,768)")) return usual()
      sent++
      // A letter lost; then a bracket, so that no answer comes; then all is well.
      return sent === 1 ? usual().replace("> true", "> false") : sent === 2 ? undefined : usual()
    })
    const code = "x".repeat(2_000)
    const { fault } = yield* flashed(port, yield* script(code))
    expect([fault, files.get(".bootcde")?.toString()]).toEqual(["", code])
    const pieces = lines.filter((line) => line.includes(".write(") && line.includes(".bootcde"))
    expect(pieces.map((line) => [/f,p,(\d+)/.exec(line)?.[1], line.startsWith("\u0003")])).toEqual([["0", false], [
      "768",
      false
    ], ["768", true], ["768", true], ["1536", false]])
  })))

  it("asks again for a checksum that was lost on the way", test(Effect.gen(function*() {
    let asked = 0
    const { port } = yield* prompt((line, _, usual) =>
      line.includes(",JSON.stringify(E.CRC32") && asked++ === 0 ? undefined : usual()
    )
    expect((yield* flashed(port, yield* script("1"))).fault).toBe("")
    // Of four files.
    expect(asked).toBe(5)
  })))

  it("sends a program as it is to a board too old for tokens", test(Effect.gen(function*() {
    const old = (_line: string, _socket: unknown, usual: () => string) => usual().replace("2v29", "2v19.1")
    const { files, port } = yield* prompt(old)
    const { code } = yield* spawned("flash", "--port", port, "--file", yield* script("(function(){})"))
    expect([code, files.get(".bootcde")?.toString()]).toEqual([0, "(function(){})"])
  })))

  it("brings along the modules that sensors need, and says which are missing", test(Effect.gen(function*() {
    const directory = yield* Directory.temporary
    const dht22 = directory + "/DHT22.min.js"
    writeFileSync(dht22, "exports.connect=function(){}")
    const device = yield* script("var r={sensors:[{type:\"dht22\"},{type:\"bme280\"}]}")
    const { files, port } = yield* prompt()
    const { code, err } = yield* spawned("flash", "--port", port, "--file", device, "--module", dht22)
    expect([code, err]).toEqual([0,
      "warning: the sensor needs Espruino's module BME280: give it with --module BME280.min.js (https://www.espruino.com/modules/BME280.min.js)\n"])
    expect([...files.keys()]).toEqual([".bootcde", "DHT22", ".gap", "state", "journal"])
    expect(files.get("DHT22")?.toString()).toBe("exports.connect=function(){}")
  })))

  it("brings along by itself a module that lies beside a real bundle, whose keys are short",
    test(Effect.gen(function*() {
      const directory = yield* Directory.temporary
      const device = directory + "/device.js"
      const config = { device: { id: "d1" }, sensors: { bme280: { id: "b", pin: 21 } }, network: { ssid: "home" } }
      for (const [name, bytes] of Object.entries(yield* Effect.promise(() => Espruino.device(deviceConfig(config))))) {
        writeFileSync(name === ".bootcde" ? device : device + name, bytes)
      }
      const { port } = yield* prompt()
      const without = yield* spawned("flash", "--port", port, "--file", device)
      expect(without.err).toContain("needs Espruino's module BME280")
      writeFileSync(directory + "/BME280.min.js", "exports.connect=function(){}")
      const { files, port: again } = yield* prompt()
      const { code, err } = yield* spawned("flash", "--port", again, "--file", device)
      expect([code, err]).toEqual([0, `the module BME280 comes along, from ${directory}/BME280.min.js\n`])
      expect(files.get("BME280")?.toString()).toBe("exports.connect=function(){}")
    })))

  it("refuses in one line a module that is not valid", test(Effect.gen(function*() {
    const directory = yield* Directory.temporary
    const page = directory + "/DHT22.js"
    writeFileSync(page, "<html>not found</html>")
    const device = yield* script("1")
    const fault = (module: string) =>
      Effect.map(flashed("tcp://127.0.0.1:1", device, { module: [module] }), ({ fault }) => fault)
    expect(yield* fault(page)).toContain("exports nothing")
    expect(yield* fault(directory + "/nowhere.js")).toContain("/nowhere.js does not exist: take Espruino's own from")
    expect(yield* fault(directory + "/a b.js")).toContain("must be named as the board looks it up")
  })))

  it("asks again while the board starts, and takes a board whose program is out of memory",
    test(Effect.gen(function*() {
      let count = 0
      const { lines, port } = yield* prompt((line, _, usual) =>
        line.startsWith("\u0003") && count++ === 0 ? "rst:0x1 (POWERON)\r\nOUT OF MEMORY\r\n" : usual()
      )
      const { fault } = yield* flashed(port, yield* script("1"))
      expect(lines.slice(0, 2).map((line) => line + "\n")).toEqual(["\u0003" + question(1, enquiry),
        "\u0003" + question(2, enquiry)])
      expect(fault).toBe("")
    })))
})

describe.concurrent("npm run flash with credentials", () => {
  const wanting = "require(\"Storage\").read(\".own\")"

  const credentials = (content: object) =>
    Effect.map(Directory.temporary, (folder) => {
      writeFileSync(folder + "/own.json", JSON.stringify(content))
      return folder + "/own.json"
    })

  const own = {
    network: { ssid: "home", password: "secret12" },
    devices: { "A0:B1:C2:D3:E4:F5": { mqtt: { username: "u", password: "p", client_id: "north-{mac}" } } }
  }

  it("asks the board for its address, puts its own beside the program, and tells no password", test(
    Effect.gen(function*() {
      const { files, port } = yield* prompt()
      const { fault, out } = yield* flashed(port, yield* script(wanting), { credentials: yield* credentials(own) })
      expect(fault).toBe("")
      expect(out).toContain(
        "the board is a0b1c2d3e4f5; its credentials are its own: network \"home\", user \"u\", client id \"north-a0b1c2d3e4f5\""
      )
      expect(out).not.toContain("secret12")
      expect(JSON.parse(String(files.get(".own")))).toEqual([[["home", "secret12", 20]], "u", "p",
        "north-a0b1c2d3e4f5"])
    })
  ))

  it("gives other boards what all have", test(Effect.gen(function*() {
    const { files, port } = yield* prompt((line, _, usual) =>
      line.includes("getSerial") ? usual().replace("a0b1c2d3-e4f5", "00010203-0405") : usual()
    )
    const { fault, out } = yield* flashed(port, yield* script(wanting), { credentials: yield* credentials(own) })
    expect(fault).toBe("")
    expect(out).toContain("the board is 000102030405; its credentials are those of all: network \"home\"")
    expect(JSON.parse(String(files.get(".own")))).toEqual([[["home", "secret12", 20]], null, null, null])
  })))

  it("refuses a program that would not find them, one that has none, and a file with a slip", test(
    Effect.gen(function*() {
      const { lines, port } = yield* prompt()
      const file = yield* script("1")
      expect((yield* flashed(port, file, { credentials: yield* credentials(own) })).fault).toBe(
        file +
          " looks for no credentials on the board: set credentials to true in the device's file, and bundle it again"
      )
      const wants = yield* script(wanting)
      expect((yield* flashed(port, wants)).fault).toBe(
        wants + " has no credentials in it: give them with --credentials FILE, or bundle without credentials true"
      )
      const slip = yield* credentials({ netwerk: {} })
      expect((yield* flashed(port, wants, { credentials: slip })).fault).toContain(
        "netwerk is not a key of credentials"
      )
      expect(lines).toEqual([])
    })
  ))
})
