/**
 * The device that is simulated if no file is given, in the form of a file: a DHT22 in a living room.
 */
export const demo = {
  device_id: "livingroom",
  device_name: "Living room",
  version: 1,
  update_interval: 300,
  network: { ssid: "home", password: "", timeout: 15 },
  sensors: {
    dht22: {
      id: "livingroom",
      name: "Living room",
      pin: 4,
      temperature: { name: "Temperature", unit: "C" },
      humidity: { name: "Humidity" }
    }
  },
  mqtt: {
    enabled: true,
    client_id: "{device_id}",
    broker: "broker.example",
    topic_data_prefix: "/homecontrol/device/data",
    // The number comes first, so that a wake without news costs a few bytes and not a whole document.
    topic_config_version: "/homecontrol/device/config/version",
    topic_config_data: "/homecontrol/device/config/data"
  }
} as const

/** The same for this machine, which has no sensor: it says that what it publishes to a real Server is made up. */
export const demoHere = { ...demo, sensors: { simulated: { id: "livingroom", name: "Living room" } } } as const
