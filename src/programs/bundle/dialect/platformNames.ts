/**
 * The global names of Espruino on ESP32 boards, from the tables in its source from which its library is made. It looks
 * for its own classes among all global names, so a variable of ours named `Socket` would leave every connection without
 * methods.
 */
const pins = Array.from({ length: 49 }, (_, pin) => "D" + pin)

const numbered = (name: string, most: number): ReadonlyArray<string> =>
  Array.from({ length: most }, (_, index) => name + (index + 1))

const words =
  "AES Array ArrayBuffer ArrayBufferView BluetoothDevice BluetoothRemoteGATTCharacteristic BluetoothRemoteGATTServer " +
  "BluetoothRemoteGATTService BTN DataView Date E ESP32 Error File Float32Array Float64Array Function Graphics HIGH I2C Infinity " +
  "Int16Array Int32Array Int8Array InternalError JSON LED LOW LoopbackA LoopbackB Math Modules NRF NaN Number Object OneWire Pin Promise " +
  "ReferenceError RegExp SCL SDA SPI Serial Server Socket Stepper StorageFile String SyntaxError Telnet Terminal TypeError USB Uint16Array " +
  "Uint24Array Uint32Array Uint8Array Uint8ClampedArray Unistroke Waveform analogRead analogWrite arguments atob btoa changeInterval " +
  "clearInterval clearTimeout clearWatch console decodeURIComponent dgramSocket digitalPulse digitalRead digitalWrite dump echo edit " +
  "encodeURIComponent eval getPinMode getSerial getTime global globalThis httpCRq httpCRs httpSRq httpSRs httpSrv isFinite isNaN load " +
  "parseFloat parseInt peek16 peek32 peek8 pinMode poke16 poke32 poke8 print process require reset save setBusyIndicator setDeepSleep " +
  "setInterval setSleepIndicator setTime setTimeout setWatch shiftOut trace url"

export const platformNames: ReadonlySet<string> = new Set([
  ...words.split(" "),
  ...pins,
  ...numbered("I2C", 3),
  ...numbered("SPI", 3),
  ...numbered("Serial", 6),
  ...numbered("LED", 3),
  ...numbered("BTN", 4)
])
