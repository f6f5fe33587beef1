import { inspect } from "node:util";
import { expect, test } from "vitest";
import { BearerAuth } from "../../src/auth/bearer.ts";
import { Request } from "../../src/request.ts";
import { Response } from "../../src/response.ts";
import { drive } from "./drive.ts";

const send = async (auth: BearerAuth) =>
  (await drive(auth, new Request("GET", "http://a.example/"), () => new Response(null, { status: 401 }))).map(
    (leg) => leg.authorization,
  );

const MALFORMED = "Cannot use token: must be visible ASCII characters without blanks";

test("BearerAuth sends its token with every request and takes any answer", async () => {
  // RFC 6750 section 2.1
  expect(await send(new BearerAuth("mF_9.B5f-4.1JqM"))).toEqual(["Bearer mF_9.B5f-4.1JqM"]);
  expect(await send(new BearerAuth("aZ09-._~+/=="))).toEqual(["Bearer aZ09-._~+/=="]);
  // Beyond the grammar, and issued by servers all the same.
  expect(await send(new BearerAuth("12|abc=d,e"))).toEqual(["Bearer 12|abc=d,e"]);
});

test("BearerAuth with a token needs no waiting: its flow is a plain generator", () => {
  const request = new Request("GET", "http://a.example/");
  const flow = new BearerAuth("t").authFlow(request) as Generator<Request, void, Response>;
  expect(flow.next()).toEqual({ done: false, value: request });
  expect(flow.next(new Response())).toEqual({ done: true, value: undefined });
});

test("BearerAuth asks a function for the token of each request, and waits for it", async () => {
  let count = 0;
  expect(await send(new BearerAuth(() => `t${++count}`))).toEqual(["Bearer t1"]);
  const later = new BearerAuth(() => Promise.resolve(`t${++count}`));
  expect(await send(later)).toEqual(["Bearer t2"]);
  expect(await send(later)).toEqual(["Bearer t3"]);
});

test("BearerAuth lets out what its function throws, unchanged", async () => {
  const reason = new Error("no token today");
  const fail = () => {
    throw reason;
  };
  await expect(send(new BearerAuth(fail))).rejects.toBe(reason);
  await expect(send(new BearerAuth(() => Promise.reject(reason)))).rejects.toBe(reason);
});

test.each<[token: unknown, message: string]>([
  ["", MALFORMED],
  ["hunter 2", MALFORMED],
  ["hunter2\r\nX: y", MALFORMED],
  ["hunter2\n", MALFORMED],
  ["h\u00fcnter2", MALFORMED],
  [undefined, "Cannot use token: must be a string: undefined"],
  [null, "Cannot use token: must be a string: object"],
  [7, "Cannot use token: must be a string: number"],
])("BearerAuth refuses %j, given or made, without showing it", async (token, message) => {
  const error = expect.objectContaining({ name: "TypeError", code: "ERR_INVALID_ARGUMENT", message });
  expect(() => new BearerAuth(token as string)).toThrow(error);
  await expect(send(new BearerAuth(() => token as string))).rejects.toThrow(error);
});

test("BearerAuth shows no secret in dumps", () => {
  const auth = new BearerAuth("hunter2");
  for (const dump of [inspect(auth, { depth: 9, showHidden: true }), JSON.stringify(auth), String(auth)]) {
    expect(dump).not.toContain("hunter2");
  }
});
