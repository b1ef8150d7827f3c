/**
 * Where a client keeps what it owes, on Node: `connect(url, { store: directory("outbox") })`. A module of its own, so that
 * who has no store does not carry it.
 */
export { directory } from "../../adapters/node/Store.ts"
export { type Store, StoreError } from "../../ports/Store.ts"
