/** All promises of the Client. */
import type { Checker } from "../Checker.ts"
import { acknowledgement } from "./Acknowledgement.ts"
import { closing } from "./Closing.ts"
import { delivery } from "./Delivery.ts"
import { durable } from "./Durable.ts"
import { ends } from "./Ends.ts"
import { exactlyOnceIn } from "./ExactlyOnceIn.ts"
import { exactlyOnceOut } from "./ExactlyOnceOut.ts"
import { failure } from "./Failure.ts"
import { handlers } from "./Handlers.ts"
import { identifiers } from "./Identifiers.ts"
import { integrity } from "./Integrity.ts"
import { keepAlive } from "./KeepAlive.ts"
import { limits } from "./Limits.ts"
import { memory } from "./Memory.ts"
import { needlessRequests } from "./Needless.ts"
import { orderIn } from "./OrderIn.ts"
import { orderOut } from "./OrderOut.ts"
import { parting } from "./Parting.ts"
import { reconnect } from "./Reconnect.ts"
import { subscriptions } from "./Subscriptions.ts"
import { success } from "./Success.ts"

export const checkers: ReadonlyArray<Checker> = [
  success,
  failure,
  delivery,
  durable,
  integrity,
  exactlyOnceIn,
  exactlyOnceOut,
  acknowledgement,
  orderIn,
  orderOut,
  handlers,
  ends,
  keepAlive,
  memory,
  reconnect,
  parting,
  identifiers,
  limits,
  closing,
  subscriptions,
  needlessRequests
]
