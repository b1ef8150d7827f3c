/**
 * MQTT.js 5, driven as it is quickest. Of the ways its users have we measured several, and took the best of each:
 *
 * - QoS 0: a loop that waits, when the callback has not come at once, for the stream to drain. (A promise for each
 *   message is a little slower, a loop that never waits much slower.)
 * - A window of QoS 1 or 2: as many loops over `publishAsync` as it has places. (A callback that publishes the next message
 *   at once makes a write of each, and takes three times as long.)
 * - TCP_NODELAY, which it does not set itself: without it acknowledgements wait for the peer's delayed ones. (Its
 *   WebSocket sets it.)
 */
import mqtt from "mqtt"
import { Socket } from "node:net"
import type { QoS } from "./orders.ts"
import type { Subject } from "./Subject.ts"

export const make = (): Subject => {
  let client: mqtt.MqttClient

  /** Undefined: the network has taken it. */
  const publish = (topic: string, payload: Buffer): Promise<void> | undefined => {
    let isTaken = false
    let resume = () => {}
    client.publish(topic, payload, { qos: 0 }, () => {
      isTaken = true
      resume()
    })
    return isTaken ? undefined : new Promise((resolve) => {
      resume = resolve
    })
  }
  const acknowledged = async (
    qos: QoS,
    topic: string,
    payload: Buffer,
    count: number,
    window: number
  ): Promise<void> => {
    let left = count
    const place = async () => {
      while (left-- > 0) await client.publishAsync(topic, payload, { qos })
    }
    await Promise.all(Array.from({ length: window }, place))
  }

  return {
    connect: async ({ port, version, webSocket }, clientId) => {
      client = await mqtt.connectAsync({
        host: "127.0.0.1",
        port,
        clientId,
        protocolVersion: version,
        reconnectPeriod: 0,
        ...(webSocket ? { protocol: "ws", path: "/mqtt" } : {})
      })
      if (client.stream instanceof Socket) client.stream.setNoDelay(true)
    },
    publishAtMostOnce: async (topic, payload, count) => {
      const bytes = Buffer.from(payload)
      for (let i = 0; i < count; i++) {
        const taken = publish(topic, bytes)
        if (taken !== undefined) await taken
      }
      await acknowledged(1, topic, bytes, 1, 1)
    },
    publishAcknowledged: (qos, topic, payload, count, window) =>
      acknowledged(qos, topic, Buffer.from(payload), count, window),
    owe: async (topic, payload, count) => {
      const bytes = Buffer.from(payload)
      const never = (fault: unknown) => {
        console.error(fault)
      }
      for (let i = 0; i < count; i++) client.publishAsync(topic, bytes, { qos: 1 }).catch(never)
    },
    subscribe: async (topic, qos, onMessage) => {
      client.on("message", onMessage)
      await client.subscribeAsync(topic, { qos })
    },
    answer: (topic, payload, _forked, done) => {
      const bytes = Buffer.from(payload)
      // Its handlers never wait: one that held back the next message (handleMessage) would hold back the PUBACK, too.
      const listeners = client.listeners("message") as Array<mqtt.OnMessageCallback>
      client.removeAllListeners("message")
      client.on("message", () => {
        client.publish(topic, bytes, { qos: 1 }, done)
      })
      return () => {
        client.removeAllListeners("message")
        for (const listener of listeners) client.on("message", listener)
      }
    },
    end: () => client.endAsync(true)
  }
}
