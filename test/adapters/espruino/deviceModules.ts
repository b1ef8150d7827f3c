/** The device program with what it is given: as it is on effect, or bundled on the device's runtime. */
export * as Effect from "effect/Effect"
export { Sensor, SensorError } from "../../../src/ports/Sensor.ts"
export { Sleep } from "../../../src/ports/Sleep.ts"
export { Socket, SocketError } from "../../../src/ports/Socket.ts"
export { Storage, StorageError } from "../../../src/ports/Storage.ts"
export { Wifi, WifiError } from "../../../src/ports/Wifi.ts"
export { device } from "../../../src/programs/device/device.ts"
