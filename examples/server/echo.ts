/** Endpoints that say what they were sent. */
import type { Header } from "./cors.ts";
import type { Exchange } from "./exchange.ts";
import { type Form, parseForm } from "./forms.ts";
import type { Route } from "./router.ts";

export const routes: readonly Route[] = [
  { path: "/anything", about: "Everything about the request, as JSON.", answer: echo },
  { path: "/anything/*", about: "The same below any path.", answer: echo },
  ...["GET", "POST", "PUT", "PATCH", "DELETE"].map((method) => ({
    path: `/${method.toLowerCase()}`,
    about: `The same for ${method} alone.`,
    answer: echo,
    methods: [method],
  })),
  { path: "/head", about: "Headers without a body, for HEAD.", answer: echo, methods: ["GET"] },
  {
    path: "/headers",
    about: "The request headers: pairs in order, case and number as they came.",
    answer: headers,
  },
  { path: "/body", about: "The request body, with its own Content-Type.", answer: body },
  { path: "/user-agent", about: "The User-Agent.", answer: userAgent },
];

/** What `/anything` answers. */
export interface Echo {
  readonly method: string;
  readonly url: string;
  /** The request target, byte for byte. */
  readonly target: string;
  readonly httpVersion: string;
  readonly args: readonly Header[];
  readonly headers: readonly Header[];
  readonly body: { readonly length: number; readonly base64: string; readonly text: string | null };
  /** The body as JSON, where it is. */
  readonly json: unknown;
  readonly form: Form;
  readonly connection: number;
}

async function echo(exchange: Exchange): Promise<void> {
  const body = await exchange.body();
  const { method, target, httpVersion, headers, connection } = exchange.entry;
  const text = decodeUTF8(body);
  const answer: Echo = {
    method,
    url: exchange.url.href,
    target,
    httpVersion,
    args: [...exchange.query],
    headers,
    body: { length: body.length, base64: body.toString("base64"), text },
    json: parseJSON(text),
    form: parseForm(exchange.header("content-type") ?? "", body),
    connection,
  };
  exchange.json(200, answer);
}

function headers(exchange: Exchange): void {
  exchange.json(200, { headers: exchange.entry.headers });
}

function userAgent(exchange: Exchange): void {
  exchange.json(200, { "user-agent": exchange.header("user-agent") ?? null });
}

async function body(exchange: Exchange): Promise<void> {
  const type = exchange.header("content-type");
  exchange.send(200, type === undefined ? [] : [["Content-Type", type]], await exchange.body());
}

function decodeUTF8(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return null;
  }
}

function parseJSON(text: string | null): unknown {
  try {
    return JSON.parse(text ?? "") as unknown;
  } catch {
    return null;
  }
}
