/** A command that somebody sends to the device, whether it sleeps or not. */
import type { Fault } from "./Faults.ts"

const withId = (command: string) => (id: number): string => JSON.stringify({ command, id })

/** `n` tells one from another; `interval` is the device's own, in seconds. */
const forms: ReadonlyArray<(n: number, interval: number) => string> = [
  withId("read"),
  withId("read"),
  withId("send"),
  withId("report"),
  withId("restart"),
  (n, interval) => "interval " + (interval - 1 - n % 97),
  (n) => JSON.stringify({ command: "interval", seconds: 0, id: n }),
  (n) => JSON.stringify({ command: "stay_awake", seconds: 30 + n % 200, id: n }),
  (n) => "jump" + n,
  (n) => "x".repeat(300) + n,
  () => "{\"command\":"
]

/** What is sent: sometimes the same twice, if it says which it is. */
export const texts = ({ at, share }: Fault, interval: number): ReadonlyArray<string> => {
  const form = forms[Math.floor(share * forms.length)] as (typeof forms)[number]
  const text = form(Math.floor(at / 1_000), interval)
  return text.includes("\"id\"") && (share * 7_919) % 1 < 0.3 ? [text, text] : [text]
}
