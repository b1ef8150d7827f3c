/**
 * The end of a subscription that the Server had granted.
 */
import type * as Topic from "../../domain/packet/Topic.ts"
import type * as Core from "./Core.ts"
import * as Notice from "./Notice.ts"
import * as Subscriptions from "./Subscriptions.ts"

/**
 * A subscription that was granted before is lost, and this is reported. The Client unsubscribes from what the Server
 * may still have of it.
 */
export const lose = (core: Core.Core, filter: Topic.TopicFilter, message: string): void => {
  const entry = core.subscriptions.entries.get(filter)
  if (entry === undefined) return
  Subscriptions.want(core.subscriptions, entry, undefined)
  entry.losses = 0
  Subscriptions.tidy(core.subscriptions, filter)
  Notice.tell(core.notices, { _tag: "SubscriptionLost", topicFilter: filter, message })
}
