/**
 * The Client for programs with Effect in a browser: `Client.make` in a Scope, with `BrowserSocket.layer`. The same as on
 * Node, but for NodeSocket.
 */
export * as BrowserSocket from "../../adapters/browser/Socket.ts"
export * from "./effectApi.ts"
