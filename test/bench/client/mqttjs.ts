/**
 * MQTT.js 5 as its users drive it for speed: callbacks, not promises, which cost it more.
 *
 * It has no window of its own for QoS 1, so the callbacks keep one; and it calls back for QoS 0 at once, or at the stream's
 * next "drain" when that is full, which is waited for.
 */
import mqtt from "mqtt"
import type { Subject } from "./Subject.ts"

export const make = (): Subject => {
  let client: mqtt.MqttClient
  const publish = (topic: string, payload: Uint8Array, qos: 0 | 1, done: (fault?: Error) => void): void => {
    client.publish(topic, payload as Buffer, { qos }, done)
  }
  const acknowledged = (topic: string, payload: Uint8Array, count: number, window: number): Promise<void> =>
    new Promise((resolve, reject) => {
      let sent = 0
      let done = 0
      const next = (fault?: Error) => {
        if (fault !== undefined && fault !== null) return reject(fault)
        if (++done === count) return resolve()
        if (sent < count) send()
      }
      const send = () => {
        sent++
        publish(topic, payload, 1, next)
      }
      while (sent < Math.min(window, count)) send()
    })
  return {
    connect: async (host, port, clientId) => {
      client = await mqtt.connectAsync({ host, port, clientId, protocolVersion: 4, reconnectPeriod: 0 })
    },
    publishAtMostOnce: async (topic, payload, count) => {
      for (let i = 0; i < count; i++) {
        let isFull = false
        let resume = () => {}
        let isTaken = false
        publish(topic, payload, 0, () => {
          isTaken = true
          if (isFull) resume()
        })
        if (!isTaken) {
          isFull = true
          await new Promise<void>((resolve) => { resume = resolve })
        }
      }
      await acknowledged(topic, payload, 1, 1)
    },
    publishAtLeastOnce: acknowledged,
    owe: async (topic, payload, count) => {
      for (let i = 0; i < count; i++) publish(topic, payload, 1, () => {})
      await new Promise((resolve) => setTimeout(resolve, 500))
    },
    subscribe: async (topic, qos, onMessage) => {
      client.on("message", onMessage)
      await client.subscribeAsync(topic, { qos })
    },
    end: () => client.endAsync(true)
  }
}
