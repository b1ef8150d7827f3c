import type { SensorConfig } from "../../src/domain/config/DeviceConfig.ts"

/** A sensor that measures made-up weather. */
export const simulatedSensor: SensorConfig = {
  type: "simulated",
  id: "room",
  name: "Room",
  pin: 0,
  interval: 0,
  temperature: { name: "Temperature", unit: "C" },
  humidity: { name: "Humidity", unit: "%" }
}
