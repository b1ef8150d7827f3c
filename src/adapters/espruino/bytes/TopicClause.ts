/** The rules of domain/Topic.ts on byte strings: the clause that a topic breaks, or undefined. */

const emptyClause = "MQTT-4.7.3-1"

const holds = (text: string, character: string): boolean => text.indexOf(character) >= 0

/** What keeps a text from being a Topic Name. */
export const ofName = (topic: string): string | undefined =>
  topic === "" ? emptyClause : holds(topic, "+") || holds(topic, "#") ? "MQTT-3.3.2-2" : undefined

/** What keeps a text from being a Topic Filter. */
export const ofFilter = (topic: string): string | undefined => {
  if (topic === "") return emptyClause
  const levels = topic.split("/")
  for (let i = 0; i < levels.length; i++) {
    const level = levels[i] as string
    if (holds(level, "#") && (level !== "#" || i !== levels.length - 1)) return "MQTT-4.7.1-2"
    if (holds(level, "+") && level !== "+") return "MQTT-4.7.1-3"
  }
  return undefined
}
