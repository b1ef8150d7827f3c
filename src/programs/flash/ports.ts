/**
 * Ports: what can be given as one, and what it means if one does not open.
 */
import * as Effect from "effect/Effect"
import { existsSync } from "node:fs"
import { FlashError, refuse } from "./FlashError.ts"
import * as Link from "./Link.ts"

/** The serial ports of this machine, for a message. */
export const found: Effect.Effect<string> = Effect.map(Link.list, (ports) =>
  ports.length === 0
    ? "no serial port was found: plug the board in, with a cable that carries data"
    : "found: " +
      ports.map(({ description, path }) => path + (description === undefined ? "" : " (" + description + ")")).join(
        ", "
      ))

const isNet = (port: string): boolean => port.startsWith("tcp://")

export const isMissing = (reason: string): boolean => /No such file|ENOENT|File not found|No such device/i.test(reason)

const isBusy = (reason: string): boolean => /lock port|EBUSY|busy|temporarily unavailable/i.test(reason)

/** Windows says so of a port that another program has. */
const isDenied = (reason: string): boolean => /permission|EACCES|EPERM|access (is )?denied/i.test(reason)

/** What the driver says when an open port goes, in words. */
export const closing = (reason: string): string =>
  /ECONNRESET|EPIPE/.test(reason) ? "the other end broke the connection"
    : reason === "closed" ? "the other end closed it, or the cable came loose" : reason.split("\n")[0] as string

/** In words, with what to do. `reason` is the driver's. */
const phrase = (port: string, reason: string, ports: string): string => {
  if (isMissing(reason)) return `${port} does not exist; ${ports}`
  if (isBusy(reason) || (isDenied(reason) && process.platform === "win32")) {
    return `${port} is in use by another program: close it (a monitor, an IDE) and try again`
  }
  if (isDenied(reason)) {
    return `${port} may not be opened by this user: join the group that owns it (often: sudo usermod -a -G dialout $USER) and log in again`
  }
  if (/ioctl|ENOTTY|Is a directory|EISDIR/i.test(reason)) return `${port} is not a serial port`
  if (/ECONNREFUSED/.test(reason)) return `${port}: nobody listens there`
  if (/ENOTFOUND|EAI_AGAIN/.test(reason)) return `${port}: there is no host of that name`
  if (/ETIMEDOUT|EHOSTUNREACH|ENETUNREACH/.test(reason)) return `${port}: no answer to the attempt to open it`
  return `${port} cannot be opened: ${closing(reason)}`
}

/** What to say of a port that did not open. */
export const explain = (port: string, reason: string): Effect.Effect<FlashError> =>
  Effect.map(isMissing(reason) ? found : Effect.succeed(""), (ports) =>
    new FlashError({ message: phrase(port, reason, ports) }))

/** A path that is not there need not be opened to be found missing. Windows' ports are no paths. */
export const mayBeThere = (port: string): boolean => !port.startsWith("/") || existsSync(port)

const isAddress = (port: string): boolean => {
  const [, number] = /^tcp:\/\/[^:/]+:(\d{1,5})$/.exec(port) ?? []
  return number !== undefined && Number(number) > 0 && Number(number) < 65_536
}

/** Serial ports are files, but on Windows. */
const isPath = (port: string): boolean => process.platform === "win32" || port.includes("/")

/** The port of the command line, in the form that `Link.open` takes. */
export const checked = (given: string | undefined): Effect.Effect<string, FlashError> => {
  if (given === undefined || given === "") {
    return Effect.flatMap(found, (ports) =>
      refuse(`say where the board is: --port /dev/ttyUSB0 or --port tcp://host:port; ${ports}`))
  }
  if (isNet(given)) {
    return isAddress(given) ? Effect.succeed(given)
      : refuse(`${given} is not an address of the form tcp://host:port, with a port from 1 to 65535`)
  }
  return isPath(given) ? Effect.succeed(given)
    : Effect.flatMap(found, (ports) =>
      refuse(
        `--port ${given} is not a path, but here the name of a serial port is one: give one such as /dev/ttyUSB0; ${ports}`
      ))
}
