/**
 * The promises that every transport makes (src/transports/transport.ts), as tests. One function, run over each of them.
 *
 * ```ts
 * transportContract("NodeTransport", () => new NodeTransport(), serveOverHttp);
 * transportContract("AppTransport", (handler) => new AppTransport(handler));
 * ```
 */
import { describe, expect, onTestFinished, test } from "vitest";
import { TransportError } from "../../src/errors.ts";
import { Request } from "../../src/request.ts";
import type { Response } from "../../src/response.ts";
import type { Transport } from "../../src/transports/transport.ts";

/** The server, as a function of native requests. */
export type ContractHandler = (
  request: globalThis.Request,
) => globalThis.Response | Promise<globalThis.Response>;

/** Where a handler can be reached. */
export interface ContractServer {
  readonly origin: string;
  close(): Promise<void>;
}

/** What a runtime or a transport cannot do, by the name of the promise that falls away. */
export interface ContractLimits {
  /** An origin where nobody listens. Without it nothing is asked about connections that fail. */
  readonly dead?: string;
  /** False where a request body cannot be a stream. */
  readonly streamRequest?: boolean;
}

/** Resolves when called from outside. */
function gate(): { promise: Promise<void>; open: () => void } {
  let open = () => {};
  const promise = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { promise, open };
}

async function reasonOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => {
      throw new Error("Nothing was rejected");
    },
    (error) => error,
  );
}

/**
 * @param makeTransport a transport whose requests reach `handler`, in process or through the server below
 * @param makeServer serves the handler over the wire; absent for transports that have none
 */
export function transportContract(
  name: string,
  makeTransport: (handler: ContractHandler) => Transport,
  makeServer?: (handler: ContractHandler) => Promise<ContractServer>,
  limits: ContractLimits = {},
): void {
  async function start(handler: ContractHandler): Promise<{ transport: Transport; origin: string }> {
    const server = await makeServer?.(handler);
    const transport = makeTransport(handler);
    onTestFinished(async () => {
      await transport.close?.();
      await server?.close();
    });
    return { transport, origin: server?.origin ?? "http://contract.example" };
  }

  describe(`${name} keeps the contract of a transport`, () => {
    test.each([200, 201, 204, 304, 400, 401, 404, 418, 429, 500, 503, 599])(
      `${name} resolves for status %i`,
      async (status) => {
        const empty = status === 204 || status === 304;
        const { transport, origin } = await start(
          () => new globalThis.Response(empty ? null : "body", { status, headers: { "X-Seen": "yes" } }),
        );
        const response = await transport.handleRequest(new Request("GET", `${origin}/`));
        expect(response.status).toBe(status);
        expect(response.headers.get("x-seen")).toBe("yes");
        expect(await response.text()).toBe(empty ? "" : "body");
      },
    );

    test(`${name} sends method, target, headers and body`, async () => {
      const seen: unknown[] = [];
      const { transport, origin } = await start(async (request) => {
        const url = new URL(request.url);
        seen.push(
          request.method,
          url.pathname + url.search,
          request.headers.get("x-one"),
          await request.text(),
        );
        return new globalThis.Response("ok");
      });
      const init = { headers: { "X-One": "1" }, body: "data" };
      await (await transport.handleRequest(new Request("PUT", `${origin}/a/b?c=d&c=e#f`, init))).read();
      expect(seen).toEqual(["PUT", "/a/b?c=d&c=e", "1", "data"]);
    });

    test(`${name} sends a streamed body`, async ({ skip }) => {
      if (limits.streamRequest === false) skip();
      const { transport, origin } = await start(
        async (request) => new globalThis.Response(await request.text()),
      );
      async function* body() {
        yield "one ";
        await Promise.resolve();
        yield new TextEncoder().encode("two");
      }
      const response = await transport.handleRequest(new Request("POST", `${origin}/`, { body: body() }));
      expect(await response.text()).toBe("one two");
    });

    test(`${name} follows no redirect`, async () => {
      let calls = 0;
      const { transport, origin } = await start(() => {
        calls++;
        return new globalThis.Response("there", { status: 302, headers: { Location: "/there" } });
      });
      const response = await transport.handleRequest(new Request("GET", `${origin}/here`));
      expect(response.status).toBe(302);
      expect(response.headers.get("location")).toBe("/there");
      expect(await response.text()).toBe("there");
      expect(calls).toBe(1);
    });

    test(`${name} keeps no cookies and answers no challenge`, async () => {
      const seen: (string | null)[] = [];
      const { transport, origin } = await start((request) => {
        seen.push(request.headers.get("cookie"), request.headers.get("authorization"));
        return new globalThis.Response("no", {
          status: 401,
          headers: { "Set-Cookie": "a=b", "WWW-Authenticate": 'Basic realm="x"' },
        });
      });
      for (let i = 0; i < 2; i++) {
        const response = await transport.handleRequest(new Request("GET", `${origin}/`));
        expect(response.status).toBe(401);
        await response.close();
      }
      expect(seen).toEqual([null, null, null, null]);
    });

    test(`${name} gives the bytes of a body as they come`, async () => {
      const more = gate();
      const { transport, origin } = await start(() => {
        let pulls = 0;
        const body = new ReadableStream<Uint8Array>({
          async pull(controller) {
            if (pulls++ === 1) await more.promise;
            if (pulls === 3) controller.close();
            else controller.enqueue(new TextEncoder().encode(`piece ${pulls} `));
          },
        });
        return new globalThis.Response(body);
      });
      const response = await transport.handleRequest(new Request("GET", `${origin}/`));
      let text = "";
      for await (const piece of response.iterBytes()) {
        text += new TextDecoder().decode(piece);
        more.open();
      }
      expect(text).toBe("piece 1 piece 2 ");
    });

    test(`${name} does not change the request`, async () => {
      const { transport, origin } = await start(() => new globalThis.Response("ok"));
      const { signal } = new AbortController();
      const request = new Request("POST", `${origin}/x?y=z`, {
        headers: { "X-A": "b" },
        body: "data",
        signal,
      });
      const facts = () =>
        JSON.stringify([request.method, request.url.href, request.headers.raw, { ...request.extensions }]);
      const [before, body, { headers }] = [facts(), request.body, request];
      await (await transport.handleRequest(request)).read();
      expect(facts()).toBe(before);
      expect(request.body).toBe(body);
      expect(request.headers).toBe(headers);
      expect(request.signal).toBe(signal);
      expect(new TextDecoder().decode(request.content)).toBe("data");
    });

    test(`${name} may be called again with a request that is under way`, async () => {
      const both = gate();
      let calls = 0;
      const { transport, origin } = await start(async (request) => {
        if (++calls === 2) both.open();
        await both.promise;
        return new globalThis.Response(await request.text());
      });
      const request = new Request("POST", `${origin}/`, { body: "data" });
      const responses = await Promise.all([
        transport.handleRequest(request),
        transport.handleRequest(request),
      ]);
      for (const response of responses) expect(await response.text()).toBe("data");
    });

    test(`${name} rejects with the reason of a signal that has aborted, and disposes of the body`, async ({
      skip,
    }) => {
      if (limits.streamRequest === false) skip();
      let calls = 0;
      const { transport, origin } = await start(() => {
        calls++;
        return new globalThis.Response("ok");
      });
      let cancelled = 0;
      const body = new ReadableStream({ cancel: () => void cancelled++ });
      const reason = { why: "enough" };
      const request = new Request("POST", `${origin}/`, { body, signal: AbortSignal.abort(reason) });
      expect(await reasonOf(transport.handleRequest(request))).toBe(reason);
      expect(calls).toBe(0);
      expect(cancelled).toBe(1);
    });

    test(`${name} rejects with the reason when it is aborted while it waits for the head`, async () => {
      const asked = gate();
      const later = gate();
      onTestFinished(later.open);
      const { transport, origin } = await start(async () => {
        asked.open();
        await later.promise;
        return new globalThis.Response("late");
      });
      const controller = new AbortController();
      const reason = { why: "enough" };
      const pending = reasonOf(
        transport.handleRequest(new Request("GET", `${origin}/`, { signal: controller.signal })),
      );
      await asked.promise;
      controller.abort(reason);
      expect(await pending).toBe(reason);
    });

    /** A response whose body gives one piece and then nothing more. */
    async function half(signal?: AbortSignal): Promise<{ response: Response; cancelled: Promise<void> }> {
      const cancelled = gate();
      const { transport, origin } = await start(
        () =>
          new globalThis.Response(
            new ReadableStream<Uint8Array>({
              start: (controller) => controller.enqueue(new TextEncoder().encode("half")),
              cancel: cancelled.open,
            }),
          ),
      );
      const init = signal ? { signal } : {};
      const response = await transport.handleRequest(new Request("GET", `${origin}/`, init));
      return { response, cancelled: cancelled.promise };
    }

    test(`${name} rejects with the reason when it is aborted while the body is read`, async () => {
      const controller = new AbortController();
      const reason = { why: "enough" };
      const { response } = await half(controller.signal);
      const error = await reasonOf(
        (async () => {
          for await (const piece of response.iterBytes()) if (piece.length > 0) controller.abort(reason);
        })(),
      );
      expect(error).toBe(reason);
    });

    test(`${name} stops the server when its caller closes the response`, async () => {
      const { response, cancelled } = await half();
      await response.close();
      await cancelled;
    });

    test(`${name} rejects with a TransportError when there is no response, and disposes of the body`, async ({
      skip,
    }) => {
      if (limits.dead === undefined) return skip();
      const { transport } = await start(() => new globalThis.Response("ok"));
      let cancelled = 0;
      const body = new ReadableStream({ cancel: () => void cancelled++ });
      const init = limits.streamRequest === false ? {} : { body };
      const error = await reasonOf(transport.handleRequest(new Request("POST", `${limits.dead}/`, init)));
      expect(error).toBeInstanceOf(TransportError);
      if (limits.streamRequest !== false) expect(cancelled).toBe(1);
    });
  });
}
