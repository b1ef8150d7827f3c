/**
 * The Client for programs with Effect, and the Socket that it needs: `Client.make` in a Scope, with `NodeSocket.layer`.
 */
export * as NodeSocket from "../../adapters/node/Socket.ts"
export * as BrowserSocket from "../../adapters/browser/Socket.ts"
export * from "./effectApi.ts"
