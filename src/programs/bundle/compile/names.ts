/**
 * Short names for properties that nobody outside a board's files sees: not the platform, not who reads the log, no document.
 * A name longer than four characters costs the interpreter one more of its variables wherever it is a key.
 *
 * The same in the program and in what it reads from files of its own, and from one version of Dormouse to the next, for a
 * configuration is stored under them: so names are added at the end, and none is taken away. A test holds the list against
 * the platform, the log and the files of devices.
 */
import type { NodePath, PluginObj } from "@babel/core"
import { types as t } from "@babel/core"
import { member } from "./syntax.ts"

const long: ReadonlyArray<string> = [
  "config", "state", "memory", "session", "outbox", "visit", "topic", "payload", "packetIdentifier", "reconnect",
  "accepted", "broken", "cleanSession", "commands", "connection", "delivered", "draw", "dropped", "dup", "duration", "entry",
  "failure", "filters", "framer", "inFlight", "lastId", "lastIdentifier", "maximum", "orElse", "packets", "probation", "qos",
  "readAt", "refusedUpdate", "replies", "rest", "retain", "returnCode", "returnCodes", "startedAt", "stored", "subscription",
  "subscriptions", "success", "topicFilter", "wakes", "written", "rolledBack", "update", "document", "announced", "present",
  "isUnsaved", "isTooMuch", "patience", "joined", "interval",
  "deviceId", "deviceName", "publishInterval", "awakeTimeout", "spreadWakes", "networks", "sensors", "clientId", "broker",
  "keepAlive", "username", "sslCa", "sslCert", "sslKey", "useEsp32Client", "topicDataPrefix", "topicConfig",
  "topicConfigVersion", "topicConfigData", "topicCommand", "loadConfigFromMqtt", "configSecret", "configWaitTime",
  "publishValues", "reconnectStart", "maxAttempts", "backoffFactor", "minInterval", "maxInterval", "jitter", "capacity",
  "whenFull", "lastAttemptTime", "timeout", "enabled", "updateInterval",
  "isFull", "notify", "entries", "attemptCount", "sessionPresent", "deepSleep", "socket",
  "suspects", "connectAlone", "prefix", "unfinished", "review", "unexpected", "isOpen", "tooLarge", "gone", "tryInterval",
  "ports", "deadline", "isReached", "wokeAt", "delay", "isSilent", "isDue", "isCountedFirst"
]

/** A to Z, then A0 to Z9: small letters are the runtime's own. */
const shortOf = (index: number): string =>
  String.fromCharCode(65 + index % 26) + (index < 26 ? "" : Math.floor(index / 26) - 1)

/** Long name to short. */
export const shortNames: ReadonlyMap<string, string> = new Map(long.map((name, index) => [name, shortOf(index)]))

/** Plain data under short names, as JSON. */
export const shortened = (json: string): string =>
  JSON.stringify(JSON.parse(json, (_, value: unknown) =>
    value !== null && typeof value === "object" && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).map(([key, each]) => [shortNames.get(key) ?? key, each]))
      : value))

const rename = (key: t.Node): void => {
  if (t.isIdentifier(key)) key.name = shortNames.get(key.name) ?? key.name
}

const rootOf = (node: t.Node): t.Node => t.isMemberExpression(node) ? rootOf(node.object) : node

/** What a module exports keeps its name, and what the platform has. */
const isOutside = ({ node, scope }: NodePath<t.MemberExpression>): boolean =>
  t.isIdentifier(node.object) && (node.object.name === "Object" || t.isImportNamespaceSpecifier(scope.getBinding(node.object.name)?.path.node)) ||
  t.isIdentifier(rootOf(node), { name: "platform" })

const isEmit = (callee: t.Node): boolean => t.isIdentifier(t.isMemberExpression(callee) ? callee.property : callee, { name: "emit" })

/** What is emitted goes to who reads the log, what becomes JSON to a Server. */
const isTold = ({ parentPath: object }: NodePath<t.ObjectProperty>): boolean => {
  const call = object.parent
  return t.isCallExpression(call) && (isEmit(call.callee) || member(call.callee)?.join(".") === "JSON.stringify")
}

/** What is written as a name and not as a text: a document's keys are texts. */
export const names = (): PluginObj => ({
  visitor: {
    MemberExpression: (path) => path.node.computed || isOutside(path) ? undefined : rename(path.node.property),
    BinaryExpression: ({ node: { left, operator } }) => {
      if (operator !== "in" || !t.isStringLiteral(left)) return
      left.value = shortNames.get(left.value) ?? left.value
      left.extra = {}
    },
    OptionalMemberExpression: ({ node }) => node.computed ? undefined : rename(node.property),
    ObjectProperty: (path) => {
      const { node } = path
      if (node.computed || !t.isIdentifier(node.key) || !shortNames.has(node.key.name) || isTold(path)) return
      if (node.shorthand) {
        node.shorthand = false
        node.key = t.identifier(node.key.name)
      }
      rename(node.key)
    },
    // A row of the table of configuration keys: the key in a file, the property here (`keepalive`, `keepAlive`).
    ArrayExpression: ({ node }) => {
      const [key, property] = node.elements
      if (!t.isStringLiteral(key) || !t.isStringLiteral(property) || property.value.toLowerCase() !== key.value.replaceAll("_", "")) return
      property.value = shortNames.get(property.value) ?? property.value
      property.extra = {}
    }
  }
})
