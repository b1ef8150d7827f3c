/** What a board's bundle has in place of programs/device/settled when it takes no commands: it takes the configuration. */
export { takeUpdate as settled } from "../../../programs/device/takeUpdate.ts"
