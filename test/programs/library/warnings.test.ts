/** Without `onEvent`: what goes wrong is a warning of the process if nobody is told in another way, and only then. */
import { expect, it } from "vitest"
import type { MqttClient } from "../../../src/programs/library/library.ts"
import { grant, type Guest, pair, scripted, type Scripted, withIn } from "../../support/libraryClient.ts"

type Story = (
  client: MqttClient,
  guest: Guest,
  server: Scripted
) => Promise<unknown>

/** The names of the warnings in a story, until all that has happened is told. */
const warningsOf = async (story: Story, reconnect: false | undefined): Promise<ReadonlyArray<string>> => {
  const codes: Array<string> = []
  const hear = (warning: Error & { readonly code?: string }) => {
    if (warning.name === "MqttWarning") codes.push(warning.code ?? "")
  }
  process.on("warning", hear)
  try {
    await withIn(scripted, async (server, open) => {
      const { client, guest } = await pair(server, open, { reconnect })
      await story(client, guest, server)
      // A warning is told after what is due in its turn of the event loop.
      for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setTimeout(resolve, 1))
    })
  } finally {
    process.off("warning", hear)
  }
  return codes
}

const caught = (promise: Promise<unknown>) => promise.then(() => "no failure", () => "failure")

const granted = async <A>(guest: Guest, subscribing: Promise<A>): Promise<A> => {
  await grant(guest)
  return subscribing
}

/** The Server takes the subscription back on the next connection. */
const takeBack = async (guest: Guest, server: Scripted) => {
  await guest.cut()
  await grant(await server.welcome(), 128)
}

const stories: ReadonlyArray<
  readonly [what: string, codes: ReadonlyArray<string>, reconnect: false | undefined, Story]
> = [
  ["a publish that nobody awaits", ["PublishFailed"], undefined, async (client) => void client.publish("a/#", "")],
  ["a publish whose failure is caught", [], undefined, (client) => caught(client.publish("a/#", ""))],
  ["a publish that is awaited with others", [], undefined,
    (client) => Promise.allSettled([client.publish("a/#", ""), client.publish("b/#", "")])],
  ["a publish that an async function gives", [], undefined,
    (client) => caught((async () => client.publish("a/#", ""))())],
  ["a connection that is lost", ["Reconnecting"], undefined, async (_, guest, server) => {
    await guest.cut()
    await server.welcome()
  }],
  ["a client that is lost for good", ["Disconnected"], false, (_, guest) => guest.cut()],
  ["a client that is lost for good while a loop waits", [], false, async (client, guest) => {
    const messages = await granted(guest, client.subscribe("a"))
    const next = caught(messages.next())
    await guest.cut()
    expect(await next).toBe("failure")
  }],
  ["a client that is lost for good while a publish waits", [], false, async (client, guest) => {
    const published = caught(client.publish("a", "b", { qos: 1 }))
    await guest.expect("Publish")
    await guest.cut()
    expect(await published).toBe("failure")
  }],
  ["a subscription of a handler that the Server takes back", ["Reconnecting", "SubscriptionLost"], undefined,
    async (client, guest, server) => {
      await granted(guest, client.subscribe("a", () => {}))
      await takeBack(guest, server)
      await caught(client.publish("b", "", { qos: 0 }))
    }],
  ["a subscription of a loop that the Server takes back", ["Reconnecting"], undefined,
    async (client, guest, server) => {
      const messages = await granted(guest, client.subscribe("a"))
      await takeBack(guest, server)
      expect(await caught(messages.next())).toBe("failure")
    }],
  ["all of it, when somebody reads the events", [], false, async (client, guest) => {
    const all = client.events()[Symbol.asyncIterator]()
    void client.publish("a/#", "")
    await guest.cut()
    for (let next = await all.next(); next.done !== true; next = await all.next());
  }]
]

it.each(stories)("%s: %j", async (_, codes, reconnect, story) => {
  expect(await warningsOf(story, reconnect)).toEqual(codes)
})
