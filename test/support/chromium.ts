/**
 * Chromium, where it is installed: Debian's `chromium-headless-shell` or `chromium`, or what CHROMIUM names. Without it
 * the tests that need a browser are skipped, and say so.
 */
import { existsSync } from "node:fs"
import { type Browser, chromium } from "playwright-core"

const places = [process.env["CHROMIUM"] ?? "", "/usr/bin/chromium-headless-shell", "/usr/bin/chromium",
  "/usr/bin/google-chrome"]

export const executable = places.find((place) => place !== "" && existsSync(place))

/** For the name of a suite, so that a run says why it was skipped. */
export const hint = executable === undefined ? " (skipped: install chromium-headless-shell, or set CHROMIUM)" : ""

/** A browser that shows nothing. Who launches it closes it. */
export const launch = (): Promise<Browser> =>
  // As root, as in a container, Chromium runs without its sandbox or not at all; what it shows here is our own.
  chromium.launch({ executablePath: executable as string, args: process.getuid?.() === 0 ? ["--no-sandbox"] : [] })
