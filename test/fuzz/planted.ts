/** The codecs with a fault planted: `hang` or `die` of the query, at the first PINGRESP that a Server may send. */
import * as Real from "./codecs.ts"

const faults: Readonly<Record<string, () => void>> = {
  hang: () => {
    while (process.pid > 0);
  },
  // As a system does that has no memory left.
  die: () => {
    process.kill(process.pid, "SIGKILL")
    faults.hang?.()
  }
}

export const load = async (): Promise<Real.Codecs> => {
  const codecs = await Real.load()
  const fault = faults[new URL(import.meta.url).search.slice(1)]
  const decode: Real.Codecs["ServerPacket"]["decode"] = (frame) => {
    if (frame[0] === 0xd0) fault?.()
    return codecs.ServerPacket.decode(frame)
  }
  return { ...codecs, ServerPacket: { decode } }
}
