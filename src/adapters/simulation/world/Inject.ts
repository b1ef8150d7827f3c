/**
 * Injects faults: every operation of the device's ports first asks here whether the world still allows it.
 *
 * So a fault can come between any two operations, and a power cut in the middle of one that moves bytes.
 */
import * as Effect from "effect/Effect"
import type { Blow, Fault, Spell } from "../faults/Faults.ts"
import { isSpell } from "../faults/Faults.ts"
import * as Command from "../faults/Command.ts"
import * as Tamper from "../faults/Tamper.ts"
import * as ActiveFaults from "../faults/ActiveFaults.ts"
import * as World from "./World.ts"

const isMostly = (fault: Fault): boolean => (fault.share * 7_919) % 1 < 0.7

/** The power fails: nobody learns it, what is in RAM is lost, and the clock starts again at 0 with the power. */
const cutPower = (world: World.World, outageMillis: number): void => {
  const { activeFaults } = world
  activeFaults.isPowered = false
  activeFaults.outageMillis = outageMillis
  for (const link of world.links) link.abandon()
  World.radioOff(world)
  world.clockOffsetMillis = -(world.now() + outageMillis)
}

/** How the Server can be reached while several faults are active: the worst of them counts. */
const reach = (world: World.World): void => {
  const condition =
    (["refusing", "unreachable", "silent"] as const).find((spell) => ActiveFaults.on(world.activeFaults, spell)) ?? "up"
  if (condition !== world.serverCondition) World.setServer(world, condition)
}

/** What begins or ends with a lasting fault; for most of them it is enough that they are active. */
const turn = (world: World.World, spell: Spell): void => {
  const fault = ActiveFaults.on(world.activeFaults, spell)
  if (spell === "refusing" || spell === "unreachable" || spell === "silent") reach(world)
  if (spell === "otherAway") {
    for (const name of world.others.keys()) World.setServer(world, fault === undefined ? "up" : "refusing", name)
  }
  if (spell === "noWifi") World.setWifi(world, fault === undefined)
  if (spell === "closesEarly") world.server.closesEarly = fault !== undefined
  if (spell === "connack") world.server.refuseWith = (fault?.amount ?? 0) as typeof world.server.refuseWith
}

const begin = (world: World.World, spell: Spell, fault: Fault): void => {
  const { activeFaults } = world
  activeFaults.spells.set(spell, { fault, until: world.now() + fault.lasts })
  activeFaults.endsAt = Math.min(activeFaults.endsAt, world.now() + fault.lasts)
  activeFaults.onFault(fault)
  turn(world, spell)
}

const endSpells = (world: World.World, until: number): void => {
  const { activeFaults } = world
  activeFaults.endsAt = Infinity
  for (const [spell, one] of activeFaults.spells) {
    if (one.until > until) {
      activeFaults.endsAt = Math.min(activeFaults.endsAt, one.until)
      continue
    }
    activeFaults.spells.delete(spell)
    turn(world, spell)
  }
}

/** The device's clock never shows less than 0. */
const moveClock = (world: World.World, offset: number): void => {
  world.clockOffsetMillis = Math.max(-world.now(), offset)
}

const rot = (world: World.World, share: number): void => {
  const names = [...world.storage.keys()]
  const name = names[Math.floor(share * names.length)]
  const value = name === undefined ? undefined : world.storage.get(name)
  if (name === undefined || value === undefined || value.length === 0) return
  const rotten = Uint8Array.from(value)
  const bit = Math.floor(((share * 65_537) % 1) * value.length * 8)
  rotten[bit >> 3] = (rotten[bit >> 3] as number) ^ (1 << (bit & 7))
  world.storage.set(name, rotten)
}

/** A Server keeps a command for a client that is subscribed, whether it is connected or not. */
const command = (world: World.World, fault: Fault): void => {
  const { clientId, interval, topic } = world.commands
  if (topic === "") return
  const isKept = world.server.sessions.get(clientId)?.subscriptions.has(topic) ?? false
  for (const text of Command.texts(fault, interval)) {
    if (isKept) world.onCommand(text)
    World.publishAt(world, world.server, topic, text)
  }
}

const strike = (world: World.World, blow: Blow, fault: Fault): void => {
  switch (blow) {
    case "restart":
      if (isMostly(fault)) world.server.sessions.clear()
      for (const link of world.links) link.cut()
      break
    case "sessionLost":
      world.server.sessions.clear()
      break
    case "config":
      World.simulateMessage(world, world.configTopic, Tamper.document(fault), { retain: true })
      break
    case "command":
      command(world, fault)
      break
    case "bitRot":
      rot(world, fault.share)
      break
    case "clockJump":
      moveClock(world, world.clockOffsetMillis + (fault.share < 0.5 ? -fault.amount : fault.amount))
      break
    case "clockReset":
      moveClock(world, -world.now())
      break
    case "powerCut":
      cutPower(world, fault.amount)
      break
    case "brownOut":
      world.activeFaults.brownOuts += fault.amount
      break
    default:
      return ActiveFaults.defer(world.activeFaults, blow, fault)
  }
  world.activeFaults.onFault(fault)
}

/** Injects the faults that are due. Returns the one that has cut the power, if one has. */
const due = (world: World.World): Fault | undefined => {
  const { waiting } = world.activeFaults
  let cut: Fault | undefined
  for (let i = 0; i < waiting.length;) {
    const one = waiting[i] as (typeof waiting)[number]
    if (one.steps-- > 0 || cut !== undefined) {
      i++
      continue
    }
    waiting.splice(i, 1)
    const { kind } = one.fault
    if (isSpell(kind)) begin(world, kind, one.fault)
    else strike(world, kind, one.fault)
    if (!world.activeFaults.isPowered) cut = one.fault
  }
  return cut
}

/**
 * One operation of the device begins. `undefined`: continue. A number: the power fails now, after so many of the `size`
 * bytes that were to be moved; the operation must end in `activeFaults.off`.
 */
export const step = (world: World.World, size = 0): number | undefined => {
  const { activeFaults } = world
  if (!activeFaults.isPowered) return 0
  const now = world.now()
  for (
    let fault = activeFaults.plan[activeFaults.next];
    fault !== undefined && fault.at <= now;
    fault = activeFaults.plan[++activeFaults.next]
  ) {
    activeFaults.waiting.push({ fault, steps: fault.steps })
  }
  if (now >= activeFaults.endsAt) endSpells(world, now)
  if (activeFaults.waiting.length === 0) return undefined
  const cut = due(world)
  if (cut === undefined) return undefined
  activeFaults.cutSize = size
  return Math.floor(cut.share * (size + 1))
}

/** Does `act`, unless the power fails first. */
export const powered = <A, E>(world: World.World, act: () => Effect.Effect<A, E>): Effect.Effect<A, E> =>
  Effect.suspend(() => step(world) === undefined ? act() : world.activeFaults.off)

/**
 * The same for an operation that does not wait: without power it throws. What the program makes of it has no effect,
 * because its world is taken away (`layer.wakes`).
 */
export const poweredNow = <A>(world: World.World, act: () => A): A => {
  if (step(world) === undefined) return act()
  throw powerOff(world)
}

/** Thrown when the power has failed. The observer of the world is called first. */
export const powerOff = (world: World.World): Error => {
  world.activeFaults.goOff()
  return new Error("the power is off")
}

/** The radio starts, which takes the most current. True: the power is enough. */
export const holds = (world: World.World): boolean => {
  const { activeFaults } = world
  if (activeFaults.brownOuts === 0) return true
  activeFaults.brownOuts--
  cutPower(world, 1_000)
  return false
}

/** From now on nothing goes wrong any more. What has been damaged stays so. */
export const heal = (world: World.World): void => {
  const { activeFaults } = world
  activeFaults.next = activeFaults.plan.length
  activeFaults.waiting.length = 0
  activeFaults.pending.clear()
  activeFaults.brownOuts = 0
  activeFaults.keptAcks.length = 0
  endSpells(world, Infinity)
}
