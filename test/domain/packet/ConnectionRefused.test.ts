import { expect, it } from "vitest"
import * as ConnectionRefused from "../../../src/domain/packet/ConnectionRefused.ts"

it.each([
  [4, "wrong user name or password; check username and password"],
  // Mosquitto, for one, answers a wrong password with 5.
  [5, "not authorized; check username and password, or ask the Server's administrator to admit this client"],
  [9, "unknown reason"]
])("return code %i is explained with what to correct", (returnCode, words) => {
  expect(ConnectionRefused.make(returnCode)).toMatchObject({
    returnCode,
    message: "the Server refused the connection (return code " + returnCode + "): " + words
  })
})
