import { describe, expect, test } from "vitest";
import { checkFraming } from "../src/framing.ts";
import { Request } from "../src/request.ts";
import { fault } from "./inputs.ts";

type Options = ConstructorParameters<typeof Request>[2];
const check = (options: Options) =>
  fault(() => checkFraming(new Request("POST", "https://a.test/", options)));

describe("checkFraming", () => {
  test.each<[string, Options]>([
    ["no length", { body: "é" }],
    ["the length of the body in bytes", { body: "é", headers: { "Content-Length": 2 } }],
    ["0 without a body", { headers: { "content-length": "0" } }],
    [
      "a length for a stream, whose own is unknown",
      { body: ["x"].values(), headers: { "content-length": "9" } },
    ],
  ])("passes %s", (_, options) => {
    expect(check(options)).toBe(undefined);
  });

  test.each<[string, Options, string]>([
    [
      "Transfer-Encoding",
      { headers: { "transfer-encoding": "chunked" } },
      "Transfer-Encoding is chosen by the transport",
    ],
    [
      "two lengths",
      {
        body: "é",
        headers: [
          ["Content-Length", "2"],
          ["content-length", "2"],
        ],
      },
      "Content-Length is given twice",
    ],
    [
      "a list of lengths",
      { body: "é", headers: { "content-length": "2, 2" } },
      "Content-Length must be a number",
    ],
    [
      "a signed length",
      { body: "é", headers: { "content-length": "+2" } },
      "Content-Length must be a number",
    ],
    ["no number", { body: "é", headers: { "content-length": "" } }, "Content-Length must be a number"],
    [
      "the length in characters",
      { body: "é", headers: { "content-length": "1" } },
      "Content-Length says 1, the body has 2 bytes",
    ],
    [
      "a length without a body",
      { headers: { "content-length": "5" } },
      "Content-Length says 5, the body has 0 bytes",
    ],
  ])("refuses %s", (_, options, why) => {
    expect(check(options)).toEqual([
      "LocalProtocolError",
      "ERR_LOCAL_PROTOCOL",
      `Cannot send POST https://a.test/: ${why}`,
    ]);
  });
});
