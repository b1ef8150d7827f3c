/** Aedes, in its own process, which says by message on which port. */
import { Aedes } from "aedes"
import * as net from "node:net"

const aedes = await Aedes.createBroker()
const server = net.createServer({ noDelay: true }, aedes.handle)
server.listen(0, "127.0.0.1", () => process.send?.((server.address() as net.AddressInfo).port))
process.once("disconnect", () => process.exit())
