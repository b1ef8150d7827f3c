import * as Result from "effect/Result"
import { describe, expect, it } from "vitest"
import * as ServerUrl from "../../../src/programs/client/ServerUrl.ts"

const plain = { broker: "host", port: 1883, ssl: false, username: "", password: "" }

describe("the URL of a Server", () => {
  it.each([
    ["mqtt://host", plain],
    ["mqtt://host/", plain],
    ["MQTTS://host", { ...plain, port: 8883, ssl: true }],
    ["mqtts://host", { ...plain, port: 8883, ssl: true }],
    ["mqtt://host:1884", { ...plain, port: 1884 }],
    ["mqtt://[::1]:1884", { ...plain, broker: "::1", port: 1884 }],
    ["mqtt://me:p%40ss%3A%25@10.0.0.1", { ...plain, broker: "10.0.0.1", username: "me", password: "p@ss:%" }],
    ["mqtt://me@host", { ...plain, username: "me" }],
    ["ws://host", { ...plain, port: 80, path: "/" }],
    ["wss://me@host/mqtt?token=a%20b", { ...plain, port: 443, ssl: true, username: "me", path: "/mqtt?token=a%20b" }],
    ["wss://host:80/", { ...plain, port: 80, ssl: true, path: "/" }],
    ["ws://[::1]:443/a/b", { ...plain, broker: "::1", port: 443, path: "/a/b" }]
  ])("%s is understood", (text, server) => {
    expect(ServerUrl.parse(text)).toEqual(Result.succeed(server))
  })

  it.each([
    ["host", "has no mqtt:// in front"],
    ["host:1883", "has no mqtt:// in front"],
    ["", "has no mqtt:// in front"],
    ["ws://host", "begins with ws://"],
    ["mqtt://", "names no host"],
    ["mqtt://host:0", "its port is 0"],
    ["mqtt://host:65536", "its host or its port"],
    ["mqtt://host:port", "its host or its port"],
    ["mqtt://user:top#001@host", "something follows the port (write / ? # in a password as %2F %3F %23)"],
    ["mqtt://user:a/b?c@host", "something follows the port"],
    ["mqtt://host/topic", "something follows the port"],
    ["mqtt://host?x", "something follows the port"],
    ["mqtt://:secret@host", "a password without a user name"],
    ["mqtt://me:100%@host", "no escape"]
  ])("%j is refused: %s", (text, problem) => {
    const { message } = Result.getOrThrow(Result.flip(ServerUrl.parseMqtt(text, "the Server's URL")))
    expect(message).toContain("the Server's URL must be mqtt://[user:password@]host[:port], or mqtts:// for TLS, but ")
    expect(message).toContain(problem)
  })

  it.each([
    ["host", "has no mqtt:// in front"],
    ["http://host", "begins with http://"],
    ["ws://", "its host or its port"],
    ["ws://host:0/mqtt", "its port is 0"],
    ["ws://host/mqtt#a", "something follows the port"],
    ["wss://:secret@host/mqtt", "a password without a user name"],
    ["mqtt://host/mqtt", "something follows the port"]
  ])("%j is refused where WebSocket is possible, too: %s", (text, problem) => {
    const { message } = Result.getOrThrow(Result.flip(ServerUrl.parse(text)))
    expect(message).toContain("the Server's URL must be mqtt://[user:password@]host[:port] or ws://")
    expect(message).toContain(problem)
  })

  it.each([["mqtt://host", "begins with mqtt://"], ["host", "has no ws:// in front"]])(
    "%j is refused where only WebSocket is possible",
    (text, problem) => {
      const { message } = Result.getOrThrow(Result.flip(ServerUrl.parseWebSocket(text)))
      expect(message).toBe(
        `the Server's URL must be ws://[user:password@]host[:port][/path], or wss:// for TLS, but ${problem}`
      )
      expect(Result.isSuccess(ServerUrl.parseWebSocket("ws://host"))).toBe(true)
    }
  )

  it("is refused without showing its password", () => {
    for (
      const text of ["mqtt://me:secret@host:99999", "mqtt://me:secret/@host", "http://me:secret@host",
        "mqtt://me:secret%@host", "ws://me:secret@host:99999/mqtt"]
    ) {
      expect(Result.getOrThrow(Result.flip(ServerUrl.parse(text))).message).not.toContain("secret")
    }
  })

  it("is refused by the name that the user gave it by", () => {
    expect(Result.getOrThrow(Result.flip(ServerUrl.parseMqtt("host", "--server"))).message).toMatch(
      /^--server must be /
    )
  })

  it.each([
    ["mqtt://host", { endpoint: { host: "host", port: 1883 }, username: undefined, password: undefined }],
    ["mqtts://me:p%40ss@host", { endpoint: { host: "host", port: 8883, tls: {} }, username: "me", password: "p@ss" }],
    ["ws://host:8080/mqtt", {
      endpoint: { host: "host", port: 8080, webSocket: { path: "/mqtt" } },
      username: undefined,
      password: undefined
    }],
    ["wss://me@host", {
      endpoint: { host: "host", port: 443, tls: {}, webSocket: { path: "/" } },
      username: "me",
      password: undefined
    }]
  ])("%s becomes what a Client is made from", (text, options) => {
    expect(ServerUrl.clientOptions(Result.getOrThrow(ServerUrl.parse(text)))).toStrictEqual(options)
  })
})
