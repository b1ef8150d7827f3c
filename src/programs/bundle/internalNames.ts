/**
 * Properties that the script may rename, because nobody outside it ever sees them: not Storage, not the platform, not the
 * configuration, not who reads the log, and no file that is bundled apart. A test holds the list against all of these.
 *
 * A name longer than four characters costs the interpreter one more of its variables wherever it is a key.
 */
export const internalNames: ReadonlyArray<string> = [
  "accepted",
  "cleanSession",
  "commands",
  "connection",
  "delivered",
  "dropped",
  "dup",
  "entry",
  "failure",
  "framer",
  "inFlight",
  "lastId",
  "lastIdentifier",
  "memory",
  "packetIdentifier",
  "packets",
  "payload",
  "readAt",
  "refusedUpdate",
  "replies",
  "returnCode",
  "returnCodes",
  "session",
  "startedAt",
  "state",
  "stored",
  "subscription",
  "subscriptions",
  "success",
  "topicFilter",
  "visit",
  "written"
]
