/**
 * A simulated world for one Client after another: a network, a Server, and the faults that are on.
 *
 * What happens later is plain code that runs at its time. All time is Effect's Clock, all chance comes from the seed.
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Chance from "../../../src/adapters/simulation/faults/Chance.ts"
import * as Server from "../../../src/adapters/simulation/world/Server.ts"
import type { Link } from "./Link.ts"
import * as Payload from "./Payload.ts"
import type { Observation } from "./Observation.ts"
import type * as Process from "./Process.ts"
import * as Disk from "./Disk.ts"
import * as Seen from "./Seen.ts"
import type { Fault, Spell } from "./Step.ts"

export interface World {
  /** Milliseconds. */
  readonly now: () => number
  /** Runs `task` so many milliseconds from now. */
  readonly after: (millis: number, task: () => void) => void
  readonly see: (seen: Observation) => void
  readonly chance: Chance.Chance
  /** Keeps to the rules; what is done to its packets is in HostileServer. */
  readonly server: Server.Server
  readonly spells: Map<Spell, Fault>
  readonly links: Set<Link>
  readonly codec: Seen.Codec
  readonly disk: Disk.Disk
  /** That of the present Client, if it can be killed. */
  process: Process.Process | undefined
  /** How many connections were tried so far. */
  tries: number
  /** The Server has not said the truth about a Session: what the two sides know of it differs. */
  hasLied: boolean
  /** The last numbers of the messages of other clients, and of those that nobody has published. */
  others: number
  forged: number
}

/** The first number of a message that other clients publish. */
export const firstOther = 1_000_000

/** The first number of what a Server sends by itself, to anybody. */
export const firstForged = 2_000_000

export const make = (
  seed: string,
  version: Seen.Version,
  see: (seen: Observation) => void
): Effect.Effect<World> =>
  Effect.map(Effect.context<never>(), (context) => {
    const server = Server.make()
    server.onArrival = ({ payload, qos }) => see({ _tag: "Arrived", number: Payload.number(payload), qos })
    const run = Effect.runForkWith(context)
    const clock = Effect.runSync(Effect.provideContext(Clock.Clock, context))
    const spells = new Map<Spell, Fault>()
    return {
      now: () => clock.currentTimeMillisUnsafe(),
      after: (millis, task) => void run(Effect.andThen(Effect.sleep(Math.max(millis, 0.01)), Effect.sync(task))),
      see,
      chance: Chance.make(seed + " world"),
      server,
      spells,
      links: new Set(),
      codec: Seen.codecs[version],
      disk: Disk.make(() => spells.has("diskFull")),
      process: undefined,
      tries: 0,
      hasLied: false,
      others: firstOther,
      forged: firstForged
    }
  })

export const on = (world: World, spell: Spell): Fault | undefined => world.spells.get(spell)
