/** What only Node has. */
export { NodeTransport, type NodeTransportOptions } from "./transports/node.ts";
