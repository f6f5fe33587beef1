import { expect, test } from "vitest";
import { Auth } from "../../src/auth/auth.ts";
import { BasicAuth } from "../../src/auth/basic.ts";
import { BearerAuth } from "../../src/auth/bearer.ts";
import { DigestAuth } from "../../src/auth/digest.ts";
import { FunctionAuth } from "../../src/auth/function.ts";
import { Request } from "../../src/request.ts";
import { Response } from "../../src/response.ts";
import { drive } from "./drive.ts";

test("Auth asks for no body and stays on the origin, as do the schemes made of it", () => {
  class Plain extends Auth {}
  for (const auth of [
    new Plain(),
    new BasicAuth("u", "p"),
    new BearerAuth("t"),
    new DigestAuth("u", "p"),
    new FunctionAuth(() => {}),
  ]) {
    expect(auth).toBeInstanceOf(Auth);
    expect(auth).toMatchObject({ requiresRequestBody: false, requiresResponseBody: false, scope: "origin" });
  }
});

test("Auth sends the request as it is", async () => {
  class Plain extends Auth {}
  const request = new Request("GET", "http://a.example/");
  const legs = await drive(new Plain(), request, () => new Response());
  expect(legs.map((leg) => leg.request)).toEqual([request]);
  expect([...request.headers]).toEqual([]);
});

test("Auth can be extended by a generator and by an async generator", async () => {
  class Header extends Auth {
    override readonly requiresRequestBody = true;
    override *authFlow(request: Request): Generator<Request, void, Response> {
      request.headers.set("X-Signature", String(request.content.length));
      const response = yield request;
      if (response.status === 401) yield request.clone();
    }
  }
  class Ticket extends Auth {
    override async *authFlow(request: Request): AsyncGenerator<Request, void, Response> {
      const ticket = yield new Request("POST", "http://tickets.example/");
      request.headers.set("X-Ticket", await ticket.text());
      yield request;
    }
  }
  const request = () => new Request("POST", "http://a.example/", { body: "four" });
  const refused = await drive(new Header(), request(), () => new Response(null, { status: 401 }));
  expect(refused.map((leg) => leg.request.headers.get("x-signature"))).toEqual(["4", "4"]);
  const legs = await drive(new Ticket(), request(), () => new Response("t-1"));
  expect(legs.map((leg) => leg.request.url.host)).toEqual(["tickets.example", "a.example"]);
  expect(legs[1]?.request.headers.get("x-ticket")).toBe("t-1");
});
