/** Something to be said of a configuration that its own check accepts. */
export interface Remark {
  /** Where it stands: `mqtt.broker`. */
  readonly path: string
  /** What is strange, what comes of it, and the fix. Never holds a password. */
  readonly message: string
  /**
   * `check`: nothing could work with it. `board`: a board could not, while a run on this machine may. Left out: it
   * works.
   */
  readonly fails?: "check" | "board"
}
