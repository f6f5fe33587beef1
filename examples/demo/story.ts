/** What the demo does, on Node and in a page alike: each chapter is a few calls, and says what they showed. */
import { Client, type ClientOptions, DigestAuth } from "saluki";
import { PASSWORD, USER } from "../server/people.ts";
import { TokenAuth } from "./token-auth.ts";
import type { Teller } from "./transcript.ts";

export interface Stage {
  /** Where the embedded server is. */
  readonly server: string;
  readonly options: ClientOptions;
  /** True in browsers, which follow redirects and keep cookies themselves. */
  readonly inBrowser: boolean;
  readonly tell: Teller;
}

interface Chapter {
  readonly title: string;
  readonly note: string;
  play(client: Client, stage: Stage): Promise<string>;
}

/** A chapter that did not show what it should. */
export class Surprise extends Error {}

function expect(fact: boolean, what: string): void {
  if (!fact) throw new Surprise(`Expected ${what}`);
}

const CHAPTERS: readonly Chapter[] = [
  {
    title: "Basic: the password goes with every request",
    note: 'client.get("/private/basic", { auth: [username, password] })',
    async play(client) {
      const response = await client.get("/private/basic", { auth: [USER, PASSWORD] });
      expect(response.status === 200 && response.history.length === 0, "200 in one exchange");
      return "One exchange. Whoever reads it has the password.";
    },
  },
  {
    title: "Digest: the password never leaves",
    note: 'const auth = new DigestAuth(username, password); client.get("/private/digest/a", { auth })',
    async play(client, { tell }) {
      const auth = new DigestAuth(USER, PASSWORD);
      const first = await client.get("/private/digest/a", { auth });
      expect(first.status === 200 && first.history[0]?.status === 401, "401, then 200");
      tell("fact", "Two legs: the challenge is response.history[0]. SHA-256 was preferred to MD5.");
      const second = await client.get("/private/digest/b", { auth });
      expect(second.status === 200 && second.history.length === 0, "200 in one leg");
      return "One leg: the challenge is remembered, and nc counts its uses.";
    },
  },
  {
    title: "A flow of your own: refresh a token that has run out",
    note: "class TokenAuth extends Auth { async *authFlow(request) { ... } }   (examples/demo/token-auth.ts)",
    async play(client, { server }) {
      const data = { grant_type: "password", username: USER, password: PASSWORD };
      // A token that is good for no request at all.
      const tokens = await client
        .post("/token", { params: { uses: 0 }, data })
        .json<{ access_token: string; refresh_token: string }>();
      const response = await client.get("/token/protected", {
        auth: new TokenAuth(`${server}/token`, tokens),
      });
      const statuses = response.history.map(({ status }) => status);
      expect(response.status === 200 && statuses.join() === "401,200", "401, the refresh, then 200");
      return "Three yields of one generator: refused, refreshed, accepted. The caller saw one response.";
    },
  },
  {
    title: "Redirects, and the cookies they bring",
    note: 'client.get("/redirect-cookie/theme/dark")',
    async play(client, { inBrowser }) {
      const options: ClientOptions = inBrowser ? { fetchOptions: { credentials: "include" } } : {};
      const response = await client.extend(options).get("/redirect-cookie/theme/dark");
      const { cookies } = await response.json<{ cookies: [name: string, value: string][] }>();
      expect(response.redirected, "a redirect");
      expect(
        cookies.some(([name]) => name === "theme"),
        "the cookie that the redirect set",
      );
      if (inBrowser) return "The browser followed the redirect and kept the cookie itself.";
      expect(response.history[0]?.status === 302, "the redirect in the history");
      return "The client did both: the 302 is response.history[0], and the cookie is in client.cookies.";
    },
  },
  {
    title: "A body as it comes",
    note: 'await using response = await client.stream("GET", "/stream/3"); for await (const line of response.iterLines())',
    async play(client, { tell }) {
      await using response = await client.stream("GET", "/stream/3");
      let lines = 0;
      for await (const line of response.iterLines()) {
        tell("header", line);
        lines += 1;
      }
      expect(lines === 3, "three lines");
      return "Three lines, each there before the next one is.";
    },
  },
];

/** Plays every chapter. @throws {Surprise} when the client does not do what the chapter says */
export async function tellStory(stage: Stage): Promise<void> {
  const { tell } = stage;
  const client = new Client({ ...stage.options, baseUrl: stage.server });
  for (const [at, { title, note, play }] of CHAPTERS.entries()) {
    tell("title", `${at + 1}. ${title}`);
    tell("note", note);
    tell("fact", await play(client, stage));
  }
  await client.close();
}

/** Asks one URL, and a second time where Digest has something to show. */
export async function visit(url: string, { options, tell }: Pick<Stage, "options" | "tell">): Promise<void> {
  const client = new Client(options);
  const times = options.auth instanceof DigestAuth ? 2 : 1;
  for (let time = 1; time <= times; time += 1) {
    tell("title", time === 1 ? "Your URL" : "Once more, with what was learnt");
    const response = await client.get(url);
    const before = response.history.map(({ status }) => status);
    tell("fact", `${response.status} after ${before.length === 0 ? "no other answer" : before.join(", ")}`);
    if (time === times) tell("note", excerpt(await response.text()));
  }
  await client.close();
}

function excerpt(text: string): string {
  const most = 300;
  return text.length > most ? `${text.slice(0, most)}... (${text.length} characters)` : text;
}
