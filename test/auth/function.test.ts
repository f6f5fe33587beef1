import { expect, test } from "vitest";
import { type AuthFunction, FunctionAuth } from "../../src/auth/function.ts";
import { Request } from "../../src/request.ts";
import { Response } from "../../src/response.ts";
import { drive } from "./drive.ts";

const send = async (authorize: AuthFunction, request = new Request("GET", "http://a.example/")) =>
  (await drive(new FunctionAuth(authorize), request, () => new Response(null, { status: 401 }))).map(
    (leg) => leg.request,
  );

test("FunctionAuth sends the request that its function has edited, at once or later", async () => {
  const request = new Request("GET", "http://a.example/");
  const edit = (given: Request) => given.headers.set("X-Key", "k");
  expect(await send(edit, request)).toEqual([request]);
  expect(request.headers.get("x-key")).toBe("k");
  expect(await send(async (given) => edit(given), request)).toEqual([request]);
});

test("FunctionAuth sends the request that its function returns, at once or later", async () => {
  const other = new Request("GET", "http://a.example/other");
  expect(await send(() => other)).toEqual([other]);
  expect(await send(() => Promise.resolve(other))).toEqual([other]);
});

test("FunctionAuth lets out what its function throws, unchanged", async () => {
  const reason = new Error("no");
  await expect(send(() => Promise.reject(reason))).rejects.toBe(reason);
  await expect(
    send(() => {
      throw reason;
    }),
  ).rejects.toBe(reason);
});

test.each([
  [undefined, "undefined"],
  [null, "null"],
  ["u:p", "string"],
  [{}, "object"],
])("FunctionAuth refuses %j when constructed", (given, kind) => {
  expect(() => new FunctionAuth(given as unknown as AuthFunction)).toThrow(
    expect.objectContaining({
      name: "TypeError",
      code: "ERR_INVALID_ARGUMENT",
      message: `Cannot use auth: must be a function: ${kind}`,
    }),
  );
});
