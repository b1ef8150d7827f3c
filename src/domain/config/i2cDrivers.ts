/** The drivers of sensors on I2C (`drivers`). */
import { type DriverRow, figures } from "./DriverRow.ts"

const i2c = (
  title: string,
  description: string,
  gives: ReadonlyArray<string>,
  row: Pick<DriverRow, "module" | "connect" | "wait" | "also"> & { readonly read: string },
  rest: Pick<DriverRow, "time" | "current" | "standby">
): DriverRow => ({ title, description: description + ", I2C", bus: "i2c", gives, ...row, ...rest })

const both = ["temperature", "humidity"]

export const onI2c = {
  bme280: i2c("BME280", "temperature and humidity, and pressure if the file names it", both, {
    module: "BME280",
    connect: "module.connect(bus, { addr: address })",
    // Before, it has no values of its own: 9.3 ms at most, its data sheet, 9.1.
    wait: 20,
    read: "(got => ({ temperature: got.temp, humidity: got.humidity, pressure: got.pressure }))(sensor.getData())",
    also: ["pressure"]
  }, {
    time: [12, 8, 50, "BME280 data sheet, one measurement of everything"],
    current: [0.5, 0.34, 0.71, "BME280 data sheet: 340 \u00b5A humidity, 714 \u00b5A pressure"],
    standby: [0.0003, 0.0001, 0.02, "BME280 data sheet: 0.1 \u00b5A; breakout boards add their regulator's current"]
  }),
  bmp280: i2c("BMP280", "temperature and pressure", ["temperature", "pressure"], {
    // The module of its own name takes a calibration value for less than 0, and the pressure is wrong.
    module: "BME280",
    connect: "module.connect(bus, { addr: address })",
    wait: 20,
    read: "(got => ({ temperature: got.temp, pressure: got.pressure }))(sensor.getData())"
  }, figures("BMP280", [8, 6, 20], [0.7, 0.5, 1.1], [0.0003, 0.0001, 0.02])),
  bmp180: i2c("BMP180 or BMP085", "temperature and pressure", ["temperature", "pressure"], {
    module: "BMP085",
    connect: "module.connect(bus)",
    read: "sensor.getPressure(got => done({ temperature: got.temperature, pressure: got.pressure / 100 }))"
  }, figures("BMP180", [32, 8, 40], [0.65, 0.5, 1], [0.0001, 0.0001, 0.004])),
  sht3x: i2c("SHT30, SHT31 or SHT35", "temperature and humidity", both, {
    connect: "bus.writeTo(address || 68, [36, 0])",
    wait: 20,
    read:
      "(d => ({ temperature: (d[0] << 8 | d[1]) * 175 / 65535 - 45, humidity: (d[3] << 8 | d[4]) / 655.35 }))(bus.readFrom(address || 68, 6))"
  }, figures("SHT3x", [15, 12, 20], [0.6, 0.5, 1.5], [0.0002, 0.0002, 0.002])),
  shtc3: i2c("SHTC3", "temperature and humidity", both, {
    module: "SHT3C",
    connect: "module.connectI2C(bus)",
    read: "sensor.read(got => done({ temperature: got.temp, humidity: got.humidity }))"
  }, figures("SHTC3", [20, 12, 25], [0.43, 0.3, 0.9], [0.0003, 0.0003, 0.0006])),
  sht4x: i2c("SHT40, SHT41 or SHT45", "temperature and humidity", both, {
    module: "SHT4x",
    connect: "module.connect(bus)",
    read: "sensor.read(got => done({ temperature: got.temp, humidity: got.humidity }))"
  }, figures("SHT4x", [20, 8, 25], [0.32, 0.3, 0.5], [0.00008, 0.00008, 0.001])),
  htu21d: i2c("HTU21D", "temperature and humidity", both, {
    module: "HTU21D",
    connect: "module.connect(bus)",
    wait: 20,
    read: "({ temperature: sensor.readTemperature(), humidity: sensor.readHumidity() })"
  }, figures("HTU21D", [66, 50, 80], [0.45, 0.3, 0.5], [0.00002, 0.00002, 0.0001])),
  si7021: i2c("Si7021", "temperature and humidity", both, {
    module: "SI7021",
    connect: "module.connect(bus)",
    read: "({ temperature: sensor.readTemperature(), humidity: sensor.readRelativeHmidity() })"
  }, figures("Si7021", [23, 17, 30], [0.15, 0.09, 0.18], [0.00006, 0.00006, 0.0006])),
  aht20: i2c("AHT10, AHT20 or AHT21", "temperature and humidity", both, {
    connect: "bus.writeTo(56, [172, 51, 0])",
    wait: 90,
    read:
      "(d => ({ temperature: ((d[3] & 15) << 16 | d[4] << 8 | d[5]) * 200 / 1048576 - 50, humidity: (d[1] << 12 | d[2] << 4 | d[3] >> 4) / 10485.76 }))(bus.readFrom(56, 6))"
  }, figures("AHT20", [80, 75, 90], [0.98, 0.25, 1.1], [0.00025, 0.00025, 0.02])),
  mcp9808: i2c("MCP9808", "temperature", ["temperature"], {
    module: "MCP9808",
    connect: "module.connect(bus)",
    wait: 260,
    read: "sensor.getTemperature()"
  }, figures("MCP9808", [250, 250, 270], [0.2, 0.2, 0.4], [0.0001, 0.0001, 0.2])),
  tmp117: i2c("TMP117", "temperature", ["temperature"], {
    module: "TMP117",
    connect: "module.connect(bus, { addr: address })",
    read: "sensor.getTemp(done)"
  }, figures("TMP117", [200, 125, 400], [0.14, 0.13, 0.22], [0.00015, 0.00015, 0.0005])),
  bh1750: i2c("BH1750", "light", ["illuminance"], {
    module: "BH1750",
    connect: "(s => (s.start(1, 1), s))(module.connect(bus))",
    wait: 180,
    read: "sensor.read()"
  }, figures("BH1750", [120, 120, 180], [0.12, 0.1, 0.19], [0.00001, 0.00001, 0.001])),
  max44009: i2c("MAX44009", "light", ["illuminance"], {
    module: "MAX44009",
    connect: "module.connect(bus, address)",
    wait: 110,
    read: "sensor.getLux()"
  }, figures("MAX44009", [100, 100, 800], [0.0007, 0.0006, 0.002], [0.0007, 0.0006, 0.002])),
  ina219: i2c("INA219", "voltage and current", ["voltage", "current"], {
    module: "INA219",
    connect: "(s => (s.initDevice(), s))(module.connect(bus, undefined, address))",
    wait: 5,
    read: "({ voltage: sensor.getBusMilliVolts() / 1000, current: sensor.getBusMicroAmps() })"
  }, figures("INA219", [2, 1, 70], [0.7, 0.6, 1], [0.7, 0.006, 1])),
  mlx90614: i2c("MLX90614", "temperature without contact", ["temperature", "object_temperature"], {
    module: "MLX90614",
    connect: "module.connect(bus, address)",
    read: "({ temperature: sensor.readAmbientTemperature(), object_temperature: sensor.readObject1Temperature() })"
  }, figures("MLX90614", [250, 250, 300], [1.5, 1, 2.5], [1.5, 0.0025, 2.5])),
  vl53l0x: i2c("VL53L0X", "distance by light", ["distance"], {
    module: "VL53L0X",
    connect: "module.connect(bus)",
    read: "sensor.performSingleMeasurement().distance / 10"
  }, figures("VL53L0X", [33, 20, 60], [19, 10, 40], [0.005, 0.003, 0.02])),
  bme680: i2c("BME680", "temperature, humidity, pressure and gas", [...both, "pressure", "gas"], {
    module: "BME680",
    connect: "module.connectI2C(bus, { addr: address })",
    wait: 400,
    read:
      "(got => ({ temperature: got.temperature, humidity: got.humidity, pressure: got.pressure, gas: got.gas_resistance / 1000 }))(sensor.get_sensor_data())"
  }, figures("BME680", [200, 190, 400], [9, 2, 13], [0.0003, 0.0002, 0.02]))
} as const satisfies Readonly<Record<string, DriverRow>>
