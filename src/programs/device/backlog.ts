/**
 * What a device does with its journal: decided in domain/wake/Backlog and its steps. Only called when the snapshot has
 * no more room, or something is in the journal; so a board keeps each step in a file of its own.
 */
import * as Loosen from "../../domain/wake/loosen.ts"
import * as LookUp from "../../domain/wake/lookUp.ts"
import * as MakeRoom from "../../domain/wake/makeRoom.ts"
import * as Refill from "../../domain/wake/refill.ts"
import * as Spill from "../../domain/wake/spill.ts"
import type { Outgoing } from "../../domain/packet/Outgoing.ts"
import type { Attempt } from "../../domain/wake/Attempt.ts"
import * as InPlace from "../../domain/wake/InPlace.ts"
import type { Wake } from "../../domain/wake/Wake.ts"
import { appender, finder, reader, sheets } from "./journal.ts"
import { now, type Ports } from "./ports.ts"

export const lookUp = (ports: Ports, wake: Wake): void => LookUp.lookUp(wake, finder(ports, wake))

export const spill = (ports: Ports, wake: Wake): number => Spill.spill(wake, appender(ports, wake))

export const makeRoom = (ports: Ports, wake: Wake, upTo: number): void =>
  MakeRoom.makeRoom(wake, upTo, reader(ports, wake), sheets(ports))

export const loosen = (ports: Ports, wake: Wake): void => Loosen.loosen(wake, now(ports), appender(ports, wake))

export const refill = (ports: Ports, wake: Wake): void => Refill.refill(wake, now(ports), reader(ports, wake))

export const nextInPlace = (ports: Ports, wake: Wake): Outgoing => InPlace.next(wake, reader(ports, wake))

export const assignInPlace = (ports: Ports, wake: Wake): void => InPlace.assign(wake, now(ports), reader(ports, wake))

export const parted = (ports: Ports, attempt: Attempt): void => InPlace.parted(attempt, reader(ports, attempt.wake))
