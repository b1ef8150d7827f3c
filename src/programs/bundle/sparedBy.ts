/** What a board's configuration lets its program do without, in one place: `swaps` says in which form a module then goes. */
import type { DeviceConfig } from "../../domain/config/DeviceConfig.ts"
import { isOwn } from "../../domain/config/drivers.ts"
import { isCompared, isSelective } from "../../domain/config/limits.ts"
import { longestSendInterval } from "../../domain/config/sendInterval.ts"
import { hasOwnCode } from "./driverCode.ts"
import type { Spared } from "./swaps.ts"

/** Whether every reading is published, and none is more urgent than others. */
export const publishesAlways = ({ sensors }: DeviceConfig): boolean => !sensors.some(isCompared)

/** Whether no sensor has an interval of its own, or publishes only what has changed. */
export const isSteady = ({ sensors }: DeviceConfig): boolean =>
  sensors.every((sensor) => sensor.interval === 0 && !isSelective(sensor))

/** Whether every wake sends what it has measured. */
export const sendsAlways = (config: DeviceConfig): boolean => longestSendInterval(config) === 0

/** Whether no server is asked for the time. */
export const hasNoTime = ({ time }: DeviceConfig): boolean => time.server === ""

/** Whether every sensor gives temperature and humidity, as they are measured. */
export const isPlain = ({ sensors }: DeviceConfig): boolean =>
  sensors.every(({ quantities }) => quantities === undefined)

/** Whether the rows of the sensors say what they give, and not the file. */
export const isGiven = ({ sensors }: DeviceConfig): boolean => !sensors.some(({ type }) => isOwn(type))

/** Whether nothing is thinned out when the Outbox is full. */
export const thinsNever = ({ mqtt }: DeviceConfig): boolean => mqtt.outbox.whenFull !== "thin_older"

/** Whether a text of the configuration has `{mac}`, which a board fills in. */
export const hasMac = (config: DeviceConfig): boolean => JSON.stringify(config).includes("{mac}")

/** Whether there is no topic for commands. */
export const isDeaf = ({ mqtt }: DeviceConfig): boolean => mqtt.topicCommand === ""

/** Whether there is one Server. */
export const hasOneServer = ({ mqtt }: DeviceConfig): boolean => typeof mqtt.broker === "string"

export const sparedBy = (config: DeviceConfig): Spared => ({
  sleeps: config.deepSleep && isDeaf(config),
  steady: isSteady(config),
  sends: sendsAlways(config),
  publishes: publishesAlways(config),
  // A command may ask for a status.
  silent: !config.mqtt.publishStatus && isDeaf(config),
  deaf: isDeaf(config),
  untimed: hasNoTime(config),
  plain: isPlain(config),
  usual: !config.sensors.some(hasOwnCode),
  given: isGiven(config),
  unthinned: thinsNever(config),
  batteryless: config.battery === undefined,
  nameless: !hasMac(config),
  credentialed: config.credentials !== true,
  oneServer: hasOneServer(config),
  pinless: config.wakePin === undefined
})
