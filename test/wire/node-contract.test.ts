/** The contract of a transport, over NodeTransport and a real server. */
import { NodeTransport } from "../../src/transports/node.ts";
import { transportContract } from "../transports/contract.ts";
import { serveOverHttp } from "../transports/serve-over-http.ts";

transportContract("NodeTransport", () => new NodeTransport(), serveOverHttp, { dead: "http://127.0.0.1:1" });
