/** A pin that ends deep sleep: when its level is another than now, or when it is high or low. */
export interface WakePin {
  readonly pin: number
  readonly on: "change" | "high" | "low"
}
