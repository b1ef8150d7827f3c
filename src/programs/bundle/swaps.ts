/**
 * Which modules a board gets in another form (`overlays` says which functions it loads when it needs them). One table:
 * a module of `src` on the left, its twin on the right.
 *
 * A twin exports the same names and is used as soon as its file exists. The modules of effect have theirs in one
 * folder, name by name; a name that the device uses and the twin lacks is an error of the bundle.
 */
import { existsSync } from "node:fs"
import { join } from "node:path"

/** The folder of the device-sized runtime: `effect/Ref` is `Ref.ts` there. */
export const runtimeFolder = "adapters/espruino/runtime"

const twins: { readonly [module: string]: string } = {
  "domain/bytes/Bytes.ts": "adapters/espruino/bytes/Bytes.ts",
  "domain/packet/Incoming.ts": "adapters/espruino/bytes/Incoming.ts",
  "domain/packet/Outgoing.ts": "adapters/espruino/bytes/Outgoing.ts",
  "domain/bytes/Text.ts": "adapters/espruino/bytes/Text.ts",
  "domain/bytes/Json.ts": "adapters/espruino/bytes/Json.ts",
  "domain/config/Contents.ts": "adapters/espruino/twins/contents.ts",
  "domain/bytes/Crc32.ts": "adapters/espruino/bytes/Crc32.ts",
  "domain/config/Ability.ts": "adapters/espruino/twins/Ability.ts",
  "domain/state/patch.ts": "adapters/espruino/twins/patch.ts",
  "domain/bytes/Hmac.ts": "adapters/espruino/bytes/Hmac.ts",
  "domain/packet/ConnectionRefused.ts": "adapters/espruino/bytes/ConnectionRefused.ts",
  "domain/wake/maximumPacketSize.ts": "adapters/espruino/twins/maximumPacketSize.ts",
  "domain/wake/commandRoom.ts": "adapters/espruino/twins/commandRoom.ts",
  "domain/wake/known.ts": "adapters/espruino/twins/known.ts",
  "domain/wake/fullConfig.ts": "adapters/espruino/twins/fullConfig.ts",
  "programs/device/journal.ts": "adapters/espruino/twins/journal.ts",
  "domain/config/DriverLookup.ts": "adapters/espruino/twins/DriverLookup.ts",
  "domain/config/Machine.ts": "adapters/espruino/twins/Machine.ts"
}

/** For a board that sleeps, and that no command keeps awake: it does not need the code for a device that is always on. */
const sleepingTwins: { readonly [module: string]: string } = {
  "programs/device/alwaysOn.ts": "adapters/espruino/stubs/alwaysOn.ts",
  "programs/device/answering.ts": "adapters/espruino/stubs/answering.ts",
  "programs/device/withDeadline.ts": "adapters/espruino/stubs/withDeadline.ts"
}

/** For a board that takes no commands. */
const deafTwins: { readonly [module: string]: string } = {
  "domain/wake/commands.ts": "adapters/espruino/stubs/commands.ts",
  "domain/wake/incomingCommands.ts": "adapters/espruino/stubs/incomingCommands.ts",
  "domain/state/Commands.ts": "adapters/espruino/stubs/keptCommands.ts",
  "domain/wake/commandRoom.ts": "adapters/espruino/stubs/commandRoom.ts",
  "programs/device/obeying.ts": "adapters/espruino/stubs/obeying.ts",
  "programs/device/settled.ts": "programs/device/takeUpdate.ts",
  "programs/device/stayAwake.ts": "adapters/espruino/stubs/stayAwake.ts",
  "adapters/espruino/giveUp.ts": "adapters/espruino/stubs/giveUp.ts"
}

/** For a board whose sensors are read at each wake: every wake has something to send. */
const steadyTwins: { readonly [module: string]: string } = {
  "domain/wake/quiet.ts": "adapters/espruino/stubs/quiet.ts"
}

/**
 * For a board that sends at each wake. */
const sendingTwins: { readonly [module: string]: string } = {
  "domain/wake/seldom.ts": "adapters/espruino/stubs/seldom.ts"
}

/** For a board that publishes every reading, whatever it is. */
const publishingTwins: { readonly [module: string]: string } = {
  "domain/wake/onChange.ts": "adapters/espruino/stubs/onChange.ts",
  "domain/state/Selection.ts": "adapters/espruino/stubs/Selection.ts"
}

/** For a board that says nothing of itself. */
const silentTwins: { readonly [module: string]: string } = {
  "programs/device/status.ts": "adapters/espruino/stubs/status.ts",
  "domain/state/LastError.ts": "adapters/espruino/stubs/LastError.ts",
  "adapters/espruino/wokenBy.ts": "adapters/espruino/stubs/wokenBy.ts"
}

/** For a board that asks no server for the time: its clock is not known, and no reading has one. */
const untimedTwins: { readonly [module: string]: string } = {
  "domain/state/keptClock.ts": "adapters/espruino/stubs/keptClock.ts",
  "programs/device/dateReadings.ts": "adapters/espruino/stubs/dateReadings.ts",
  "domain/wake/Timing.ts": "adapters/espruino/stubs/Timing.ts",
  "domain/wake/dating.ts": "adapters/espruino/stubs/dating.ts",
  "programs/device/askForTime.ts": "adapters/espruino/stubs/askForTime.ts",
  "adapters/espruino/TimeSource.ts": "adapters/espruino/stubs/TimeSource.ts"
}

/** For a board whose sensors give temperature and humidity, as they are measured. */
const plainTwins: { readonly [module: string]: string } = {
  "domain/config/hasLists.ts": "adapters/espruino/stubs/hasLists.ts",
  "domain/config/SensorQuantities.ts": "adapters/espruino/stubs/SensorQuantities.ts",
  "domain/message/Quantities.ts": "adapters/espruino/stubs/Quantities.ts",
  "domain/wake/judgeQuantities.ts": "adapters/espruino/stubs/judgeQuantities.ts"
}

/** For a board with no other sensors than those whose drivers every program has. */
const usualTwins: { readonly [module: string]: string } = {
  "domain/config/SensorRows.ts": "adapters/espruino/stubs/SensorRows.ts",
  "adapters/espruino/drivers/own.ts": "adapters/espruino/stubs/own.ts"
}

/** For a board whose sensors' rows say what they give. */
const givenTwins: { readonly [module: string]: string } = {
  "domain/wake/misnamed.ts": "adapters/espruino/stubs/misnamed.ts"
}

/** For a board that does both: its journal holds nothing but messages. */
const timelessTwins: { readonly [module: string]: string } = {
  "domain/wake/Journaled.ts": "adapters/espruino/stubs/Journaled.ts",
  "domain/wake/recallTimes.ts": "adapters/espruino/stubs/recallTimes.ts"
}

/** For a board that asks no server for the time and publishes every reading: it keeps no id of what lies in the journal. */
const idlessTwins: { readonly [module: string]: string } = {
  "domain/state/overtaken.ts": "adapters/espruino/stubs/overtaken.ts"
}

/** For a board on which nothing is thinned out: all that is pending lies in its snapshot and its journal. */
const thickTwins: { readonly [module: string]: string } = {
  "domain/state/Thinned.ts": "adapters/espruino/stubs/Thinned.ts",
  "domain/wake/thin.ts": "adapters/espruino/stubs/thin.ts",
  "domain/delivery/thinned.ts": "adapters/espruino/stubs/thinnedOutbox.ts",
  "adapters/espruino/sheets.ts": "adapters/espruino/stubs/sheets.ts"
}

/** For a board that measures no battery. */
const batterylessTwins: { readonly [module: string]: string } = {
  "domain/config/BatteryRows.ts": "adapters/espruino/stubs/BatteryRows.ts",
  "domain/config/batteryOf.ts": "adapters/espruino/stubs/batteryOf.ts",
  "domain/config/sendInterval.ts": "adapters/espruino/stubs/sendInterval.ts",
  "domain/wake/isNews.ts": "adapters/espruino/stubs/isNews.ts",
  "domain/state/BatteryLow.ts": "adapters/espruino/stubs/BatteryLow.ts",
  "programs/device/measureBattery.ts": "adapters/espruino/stubs/measureBattery.ts",
  "adapters/espruino/Battery.ts": "adapters/espruino/stubs/Battery.ts"
}

/** For a board in whose texts no MAC address stands. */
const namelessTwins: { readonly [module: string]: string } = {
  "adapters/espruino/named.ts": "adapters/espruino/stubs/named.ts"
}

/** For a board whose bundle has its credentials. */
const credentialedTwins: { readonly [module: string]: string } = {
  "adapters/espruino/credentials.ts": "adapters/espruino/stubs/credentials.ts"
}

/** For a board whose sleep no pin ends. */
const pinlessTwins: { readonly [module: string]: string } = {
  "domain/wake/pinSleep.ts": "adapters/espruino/stubs/pinSleep.ts",
  "adapters/espruino/pinSleep.ts": "adapters/espruino/stubs/sleepUntil.ts"
}

/** For a board with one Server. */
const oneServerTwins: { readonly [module: string]: string } = {
  "domain/config/BrokerList.ts": "adapters/espruino/stubs/BrokerList.ts",
  "domain/state/ServerChoice.ts": "adapters/espruino/stubs/ServerChoice.ts",
  "domain/wake/Servers.ts": "adapters/espruino/stubs/Servers.ts"
}

/** What a board's configuration lets its program do without. */
export interface Spared {
  /** The board sleeps between readings, whatever comes, so what keeps one on is left out. */
  readonly sleeps?: boolean
  /** Every sensor is read at each wake, so a wake without anything to say is left out as well. */
  readonly steady?: boolean
  /** Every wake sends what it has measured, so one that keeps it for later is left out. */
  readonly sends?: boolean
  /** Every reading is published, so what compares one with those before is left out. */
  readonly publishes?: boolean
  /** No status is published, so what gathers one is left out. */
  readonly silent?: boolean
  /** There is no topic for commands, so what does them is left out. */
  readonly deaf?: boolean
  /** No server is asked for the time. */
  readonly untimed?: boolean
  /** Every sensor gives temperature and humidity, as they are measured. */
  readonly plain?: boolean
  /** Every sensor is a DHT22, a BME280, or simulated. */
  readonly usual?: boolean
  /** The file names no quantities of a module or script of its own. */
  readonly given?: boolean
  /** Of a full Outbox whole messages give way at its ends, so what thins it out is left out. */
  readonly unthinned?: boolean
  /** No battery is measured. */
  readonly batteryless?: boolean
  /** `{mac}` is in no text. */
  readonly nameless?: boolean
  /** Its credentials are in the bundle. */
  readonly credentialed?: boolean
  /** No pin ends its sleep. */
  readonly pinless?: boolean
  /** There is one Server. */
  readonly oneServer?: boolean
}

/** The twin of `path` (absolute), if it has one under `source`, the folder src. A twin may import the module that it
 * replaces.
 */
export const twinOf = (
  source: string,
  path: string,
  {
    batteryless = false,
    credentialed = false,
    given = false,
    nameless = false,
    oneServer = false,
    pinless = false,
    deaf = false,
    plain = false,
    publishes = false,
    sends = false,
    silent = false,
    sleeps = false,
    steady = false,
    unthinned = false,
    untimed = false,
    usual = false
  }: Spared = {}
): string | undefined => {
  for (
    const [module, twin] of Object.entries({
      ...twins,
      ...(sleeps ? sleepingTwins : {}),
      ...(steady ? steadyTwins : {}),
      ...(sends ? sendingTwins : {}),
      ...(publishes ? publishingTwins : {}),
      ...(silent ? silentTwins : {}),
      ...(deaf ? deafTwins : {}),
      ...(untimed ? untimedTwins : {}),
      ...(plain ? plainTwins : {}),
      ...(usual ? usualTwins : {}),
      ...(given ? givenTwins : {}),
      ...(unthinned ? thickTwins : {}),
      ...(batteryless ? batterylessTwins : {}),
      ...(oneServer ? oneServerTwins : {}),
      ...(nameless ? namelessTwins : {}),
      ...(pinless ? pinlessTwins : {}),
      ...(credentialed ? credentialedTwins : {}),
      ...(steady && untimed ? timelessTwins : {}),
      ...(publishes && untimed ? idlessTwins : {})
    })
  ) {
    if (join(source, module) === path) {
      const swapped = join(source, twin)
      return existsSync(swapped) ? swapped : undefined
    }
  }
  return undefined
}
