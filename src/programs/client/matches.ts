/**
 * Which messages belong to a Topic Filter of a SUBSCRIBE.
 */
import * as Topic from "../../domain/packet/Topic.ts"

const share = "$share/"

/** Whether messages to `topic` belong to this Topic Filter; that of a Shared Subscription has the group in front. */
export const matches = (topicFilter: string, topic: string): boolean =>
  Topic.matches(
    topicFilter.startsWith(share) ? topicFilter.slice(topicFilter.indexOf("/", share.length) + 1) : topicFilter,
    topic
  )
