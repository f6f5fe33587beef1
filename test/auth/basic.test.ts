import { inspect } from "node:util";
import { expect, test } from "vitest";
import { BasicAuth, basicCredentials } from "../../src/auth/basic.ts";
import { Request } from "../../src/request.ts";
import { Response } from "../../src/response.ts";
import { RFC7617 } from "../vectors/rfc7617.ts";
import { drive } from "./drive.ts";

const send = async (auth: BasicAuth, request = new Request("GET", "http://a.example/")) =>
  (await drive(auth, request, () => new Response(null, { status: 401 }))).map((leg) => leg.authorization);

test.each(RFC7617)(
  "BasicAuth sends %j and %j as the example of RFC 7617",
  async (username, password, credentials) => {
    expect(await send(new BasicAuth(username, password))).toEqual([credentials]);
  },
);

test("BasicAuth sends its credentials with every request, once each, and takes any answer", async () => {
  const auth = new BasicAuth("u", "p");
  expect(await send(auth)).toEqual(["Basic dTpw"]);
  expect(await send(auth)).toEqual(["Basic dTpw"]);
});

test("BasicAuth replaces an Authorization header that a default has set", async () => {
  const request = new Request("GET", "http://a.example/", { headers: { authorization: "Bearer default" } });
  await send(new BasicAuth("u", "p"), request);
  expect(request.headers.getAll("authorization")).toEqual(["Basic dTpw"]);
});

test.each([
  ["", ""],
  ["u", ""],
  ["", "p"],
  ["u", "p:q:"],
  ["\u00a0\u0080", "\u{1f511}\u4e2d"],
  ["u", "\u00fc".repeat(200_000)],
])("basicCredentials encodes %.9j and %.9j in UTF-8", (username, password) => {
  const [scheme, encoded = ""] = basicCredentials(username, password).split(" ");
  expect(scheme).toBe("Basic");
  expect(encoded).toBe(Buffer.from(`${username}:${password}`, "utf8").toString("base64"));
});

test.each<[args: unknown[], message: string]>([
  [["u:v", "hunter2"], "Cannot use username: must not contain a colon"],
  [["u\n", "hunter2"], "Cannot use username: must not contain control characters"],
  [["u\0", "hunter2"], "Cannot use username: must not contain control characters"],
  [["u", "hunter2\r\nX: y"], "Cannot use password: must not contain control characters"],
  [["u", "hunter2\t"], "Cannot use password: must not contain control characters"],
  [["u", "hunter2\x7f"], "Cannot use password: must not contain control characters"],
  [[undefined, "hunter2"], "Cannot use username: must be a string: undefined"],
  [["u"], "Cannot use password: must be a string: undefined"],
  [["u", null], "Cannot use password: must be a string: object"],
  [["u", { toString: () => "hunter2" }], "Cannot use password: must be a string: object"],
])("BasicAuth refuses %j when constructed, without showing it", (args, message) => {
  const make = () => new (BasicAuth as new (...args: unknown[]) => BasicAuth)(...args);
  expect(make).toThrow(expect.objectContaining({ name: "TypeError", code: "ERR_INVALID_ARGUMENT", message }));
});

test("BasicAuth shows no secret in dumps", () => {
  const auth = new BasicAuth("user-7", "hunter2");
  const encoded = btoa("user-7:hunter2");
  for (const dump of [inspect(auth, { depth: 9, showHidden: true }), JSON.stringify(auth), String(auth)]) {
    for (const secret of ["user-7", "hunter2", encoded]) expect(dump).not.toContain(secret);
  }
});
