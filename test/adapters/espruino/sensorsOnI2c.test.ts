/** Each driver on I2C. */
import { describe } from "vitest"
import { rowOf } from "../../../src/domain/config/drivers.ts"
import * as Espruino from "../../support/espruino.ts"
import { names } from "../../support/sensorTrial.ts"
import { testEach } from "./driverSuite.ts"

describe.skipIf(Espruino.interpreter === "")("a driver on I2C on Espruino" + Espruino.hint,
  () => testEach(names.filter((name) => rowOf(name)?.bus === "i2c")))
