/** What is about to be sent says when it was taken, if the clock is known. */
import { date } from "../../domain/wake/dating.ts"
import type { Wake } from "../../domain/wake/Wake.ts"
import { now, type Ports } from "./ports.ts"

export const dateReadings = (ports: Ports, wake: Wake): void => {
  wake.state = date(wake.state, now(ports))
}
