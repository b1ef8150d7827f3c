/** Mosquitto would drop what waits for a subscriber beyond 1,000 messages. */
export const settings: ReadonlyArray<string> = ["max_queued_messages 0"]
