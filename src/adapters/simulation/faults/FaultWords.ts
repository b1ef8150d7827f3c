/**
 * Faults in words, for the story of a life that went wrong.
 */
import * as Command from "./Command.ts"
import type { Fault, Kind } from "./Faults.ts"

const seconds = (millis: number): string => (Math.round(millis / 100) / 10) + " s"

const span = (millis: number): string => {
  const minutes = millis / 60_000
  if (minutes < 2) return seconds(millis)
  if (minutes < 120) return Math.round(minutes) + " min"
  const hours = minutes / 60
  return hours < 48 ? (Math.round(hours * 10) / 10) + " h" : Math.round(hours / 24) + " days"
}

const words: Readonly<Record<Kind, (fault: Fault) => string>> = {
  refusing: () => "nobody listens at the Server's port",
  unreachable: () => "there is no route to the Server",
  silent: () => "the Server hangs and says nothing",
  noWifi: () => "the Wi-Fi is gone",
  slow: ({ amount }) => "the network takes up to " + seconds(amount) + " each way",
  split: ({ amount }) => "what the Server sends comes in pieces of up to " + amount + " bytes",
  coalesced: ({ amount }) => "what the Server sends arrives together, after " + seconds(amount),
  slowWrites: ({ amount }) => "the network takes " + amount + " bytes a second",
  noAcks: () => "the Server acknowledges nothing",
  lateAcks: ({ amount }) => "acknowledgements come " + seconds(amount) + " late",
  doubleAcks: () => "acknowledgements come twice",
  staleAcks: () => "acknowledgements come on the next connection, the last first",
  connack: ({ amount }) => "the Server refuses with return code " + amount,
  sensorFails: () => "the sensors answer nonsense",
  sensorHangs: () => "the sensors do not answer",
  flashFull: () => "the flash is full",
  cutUp: ({ amount }) => "the next connection breaks after " + amount + " bytes of the device",
  cutDown: ({ amount }) => "the next connection breaks after " + amount + " bytes of the Server",
  halfOpen: ({ amount }) => "the next connection falls silent after " + amount + " bytes of the device",
  sessionLost: () => "the Server forgets all Sessions",
  restart: () => "the Server restarts",
  garbage: ({ amount }) =>
    "the Server sends something wrong on the next connection, before its packet number " + amount,
  config: () => "somebody publishes a configuration",
  command: (fault) => "somebody sends " + Command.texts(fault, 600).map((text) => text.slice(0, 80)).join(", twice "),
  writeFails: () => "the next write to flash fails",
  readFails: () => "the next read of flash fails",
  tornWrite: () => "the next write to flash is torn",
  bitRot: () => "a bit of the flash flips",
  powerCut: ({ amount }) => "the power is cut for " + span(amount),
  brownOut: ({ amount }) => "the power fails at the next " + amount + " starts of the radio",
  clockJump: ({ amount, share }) =>
    "the device's clock jumps " + (share < 0.5 ? "back" : "ahead") + " by " + span(amount),
  clockReset: () => "the device's clock starts at 1970 again",
  closesOnTopic: () => "the Server closes the connection on one topic",
  closesOnSize: () => "the Server closes the connection on messages of some sizes",
  closesEarly: () => "the Server closes the connection if packets arrive before its CONNACK",
  timeSilent: () => "the time server does not answer",
  timeLies: ({ amount, share }) => "the time server is " + span(amount) + (share < 0.5 ? " behind" : " ahead"),
  otherAway: () => "nobody listens at the other Server's port",
  timeSpoilt: () => "the time server's answers say no time"
}

/** What it is, and for how long. The caller says when it is injected. */
export const describe = (fault: Fault): string =>
  words[fault.kind](fault) + (fault.lasts > 0 ? ", for " + span(fault.lasts) : "")
