/** A remark about a configuration that its own check accepts. */
export interface Remark {
  /** Where it stands: `mqtt.broker`. */
  readonly path: string
  /** What is strange, what follows from it, and the fix. Never contains a password. */
  readonly message: string
  /**
   * `check`: nothing could work with it. `board`: a board could not, while a run on this machine may. Left out: it
   * works.
   */
  readonly fails?: "check" | "board"
}
