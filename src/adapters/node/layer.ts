/**
 * Everything a program needs to run on Node, except Sleep: deep sleep ends the program, so the code that runs the
 * program provides it (`Sleep.wakes`).
 */
import * as Layer from "effect/Layer"
import type { Journal } from "../../ports/Journal.ts"
import type { Sensor } from "../../ports/Sensor.ts"
import type { Socket } from "../../ports/Socket.ts"
import type { Storage } from "../../ports/Storage.ts"
import type { TimeSource } from "../../ports/TimeSource.ts"
import type { Wifi } from "../../ports/Wifi.ts"
import * as NodeJournal from "./Journal.ts"
import * as NodeSensor from "./Sensor.ts"
import * as NodeSocket from "./Socket.ts"
import * as NodeStorage from "./Storage.ts"
import * as NodeTimeSource from "./TimeSource.ts"
import * as NodeWifi from "./Wifi.ts"

/** `storageDirectory` is made when it is missing. */
export const layer = (
  { storageDirectory }: { readonly storageDirectory: string }
): Layer.Layer<Journal | Socket | Storage | Sensor | TimeSource | Wifi> =>
  Layer.mergeAll(
    NodeSocket.configuredLayer,
    NodeStorage.layer(storageDirectory),
    NodeJournal.layer(storageDirectory),
    NodeSensor.layer,
    NodeTimeSource.layer,
    NodeWifi.layer
  )
