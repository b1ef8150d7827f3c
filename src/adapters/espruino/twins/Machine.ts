/** The twin of domain/config/Machine.ts for a board. */
export { mac } from "../mac.ts"
