/**
 * The cookies of a client, in two layers: those given by hand without a domain, and tough-cookie's jar, which
 * is loaded when it is first needed. Which cookies are kept and sent is decided in cookie-rules.ts.
 */
import type { Cookie, CookieJar, Store } from "tough-cookie";
import { type CookieDraft, type CookieOptions, draftByHand, draftOf, hostOf } from "./cookie-draft.ts";
import { type CookiePairs, checkCookies, joinCookies, mergeCookies } from "./cookie-header.ts";
import { type CookieFilter, type CookieRecord, choose, matcher, recordOf } from "./cookie-record.ts";
import {
  byAge,
  byPathThenAge,
  expiryOf,
  isAlive,
  isSentTo,
  judge,
  type KeptCookie,
  MAX_IN_ALL,
  MAX_PER_DOMAIN,
  MAX_PER_RESPONSE,
  surplus,
} from "./cookie-rules.ts";
import {
  cookieOf,
  find,
  findAll,
  isPublicSuffix,
  isSame,
  memoryStore,
  put,
  reading,
  remove,
  sizeOf,
  twinOf,
  writing,
} from "./cookie-store.ts";
import { argumentError } from "./errors.ts";
import { readSetCookie } from "./fields/set-cookie.ts";
import type { CookieStore } from "./platform/types.ts";
import { show } from "./redact.ts";

export type { CookieFilter, CookieOptions, CookieRecord };

/**
 * What a jar can be made of: cookies by name, another jar (copied), or tough-cookie's jar (used as it is).
 */
export type CookiesInit = Cookies | CookieJar | CookiePairs;

interface Opened {
  readonly tough: typeof import("tough-cookie");
  readonly jar: CookieJar;
}

/**
 * The cookies of a client (RFC 6265bis).
 *
 * A cookie set without a domain belongs to the origin that each call names. Where the jar has one of the same
 * name, the one set by hand is sent. `SameSite` changes nothing, since there are no pages; `Partitioned`
 * cookies are not kept. Dumps show nothing: all is private.
 */
export class Cookies implements CookieStore, AsyncIterable<CookieRecord> {
  /** Cookies without a domain, by name and path. */
  readonly #loose = new Map<string, KeptCookie>();
  readonly #now: () => number;
  #given: CookieJar | undefined;
  #opened: Promise<Opened> | undefined;

  /**
   * @param now the clock, in milliseconds since the epoch
   * @throws {TypeError} when the cookies are of no known kind, or a name or value cannot be sent.
   */
  constructor(init?: CookiesInit | null, now: () => number = () => Date.now()) {
    this.#now = now;
    if (isJar(init)) this.#given = init;
    else if (!(init instanceof Cookies)) this.#addLoose(init ?? {});
    else {
      for (const [key, cookie] of init.#loose) this.#loose.set(key, cookie);
      // Begun at once, so that the copy holds what there is now; a fault comes out where the copy is used.
      if (init.#inUse) this.#opened = copyOf(init.#open());
      this.#opened?.catch(() => {});
    }
  }

  /** Cookies by name; each belongs to the origin that a call names. */
  static from(cookies: CookiePairs): Cookies {
    return new Cookies(cookies);
  }

  /**
   * The value of a cookie, or undefined.
   * @throws {CookieConflictError} when several have this name.
   */
  async get(name: string, filter?: CookieFilter): Promise<string | undefined> {
    return choose(name, filter, await this.#list(filter, name))?.value;
  }

  /**
   * Sets a cookie. With a domain it is held to the rules for what an https response of that host sets.
   * @throws {TypeError} when the name, the value or an option is wrong, or the rules refuse the cookie.
   */
  async set(name: string, value: string, options?: CookieOptions): Promise<void> {
    const { draft, host } = draftByHand(name, value, options, this.#now());
    if (host === undefined) return this.#setLoose(draft);
    const opened = await this.#open();
    const refused = await this.#admit(opened, [draft], urlOf(host));
    if (refused) throw argumentError(`Cannot set cookie ${show(name)}: ${refused}`);
  }

  /** Removes the cookies of this name; true when there were any. */
  async delete(name: string, filter?: CookieFilter): Promise<boolean> {
    return (await this.#remove(matcher(filter, name))).length > 0;
  }

  /**
   * Removes a cookie and gives its value, or undefined.
   * @throws {CookieConflictError} when several have this name; then none is removed.
   */
  async pop(name: string, filter?: CookieFilter): Promise<string | undefined> {
    return (await this.#remove(matcher(filter, name), (found) => choose(name, filter, found)))[0]?.value;
  }

  /**
   * Removes all cookies, or those of a domain, of a path in it, or of a name there.
   * @throws {TypeError} when a path is given without a domain, or a name without a path.
   */
  async clear(domain?: string, path?: string, name?: string): Promise<void> {
    if (path !== undefined && domain === undefined)
      throw argumentError("Cannot clear cookies: a path needs a domain");
    if (name !== undefined && path === undefined)
      throw argumentError("Cannot clear cookies: a name needs a path");
    await this.#remove(matcher({ domain, path }, name));
  }

  /** Removes what has expired. Such cookies are never sent or shown, removed or not. */
  async clearExpiredCookies(): Promise<void> {
    const now = this.#now();
    await this.#remove((cookie) => !isAlive(cookie, now));
  }

  /** Removes what would end with the session: cookies without an expiry. */
  async clearSessionCookies(): Promise<void> {
    await this.#remove((cookie) => expiryOf(cookie) === Infinity);
  }

  /** The names, oldest cookie first; a name as often as it has cookies. */
  async keys(): Promise<string[]> {
    return (await this.#list()).map(({ key }) => key);
  }

  /** The values, in the order of `keys()`. */
  async values(): Promise<string[]> {
    return (await this.#list()).map(({ value }) => value);
  }

  /** The domains, each once. */
  async listDomains(): Promise<string[]> {
    return [...new Set((await this.#list()).flatMap(({ domain }) => domain ?? []))];
  }

  /** The paths, each once. */
  async listPaths(): Promise<string[]> {
    return [...new Set((await this.#list()).map(({ path }) => path ?? "/"))];
  }

  /** How many cookies there are. */
  async count(): Promise<number> {
    return (await this.#list()).length;
  }

  /**
   * Names and values.
   * @throws {CookieConflictError} when several have one name; a domain or path tells them apart.
   */
  async toObject(filter?: CookieFilter): Promise<Record<string, string>> {
    const cookies = await this.#list(filter);
    const values = new Map<string, string>();
    for (const { key, value } of cookies) {
      if (!values.has(key)) values.set(key, value);
      else choose(key, filter, cookies.filter(matcher(filter, key)));
    }
    // Defines its properties, so that "__proto__" is a name like any other.
    return Object.fromEntries(values);
  }

  /** The same cookies, changed apart from these. Those in a store of the caller's are copied into memory. */
  async copy(): Promise<Cookies> {
    const copy = new Cookies(this, this.#now);
    await copy.#opened;
    return copy;
  }

  /** Adds cookies; each replaces the same one here. */
  async update(cookies: CookiesInit): Promise<void> {
    const source = isJar(cookies) ? new Cookies(cookies) : cookies;
    if (!(source instanceof Cookies)) return this.#addLoose(source);
    for (const [key, cookie] of source.#loose) this.#loose.set(key, cookie);
    if (!source.#inUse) return;
    const { store } = (await source.#open()).jar;
    const found = await reading(store, () => findAll(store));
    const { tough, jar } = await this.#open();
    await writing(jar.store, async () => {
      const known = await findAll(jar.store);
      for (const cookie of found) await this.#keep(jar.store, twinOf(tough, cookie), known);
    });
  }

  /** tough-cookie's jar, to save it or to look into. Cookies set without a domain are not in it. */
  async jar(): Promise<CookieJar> {
    return (await this.#open()).jar;
  }

  /** Every cookie, oldest first. */
  async *[Symbol.asyncIterator](): AsyncGenerator<CookieRecord, void, undefined> {
    for (const cookie of await this.#list()) yield recordOf(cookie);
  }

  /**
   * The `Cookie` value for a request, or "".
   *
   * Strategy: a string at once as long as nothing needed the jar, so that a client without cookies waits for
   * nothing.
   * @param local true on the origin that the call named, where cookies set without a domain belong
   */
  header(url: URL, local: boolean): string | Promise<string> {
    const now = this.#now();
    const send = (cookies: Iterable<KeptCookie>) => {
      const sent = [...cookies].filter((cookie) => isSentTo(url, cookie, now)).sort(byPathThenAge);
      return joinCookies(sent.map(({ key, value }) => [key, value]));
    };
    const own = local ? send(this.#loose.values()) : "";
    if (!this.#inUse) return own;
    return this.#open()
      .then(({ jar: { store } }) => reading(store, () => find(store, hostOf(url))))
      .then((cookies) => mergeCookies(send(cookies), own));
  }

  /** Keeps what a response of this URL set. Nothing to wait for when it set nothing. */
  store(url: URL, setCookies: readonly string[]): void | Promise<void> {
    const read = setCookies.slice(0, MAX_PER_RESPONSE).flatMap((line) => readSetCookie(line) ?? []);
    if (read.length === 0) return undefined;
    return this.#open().then(async (opened) => {
      const drafts = read.map((cookie) => draftOf(cookie, this.#now(), opened.tough.parseDate));
      // What the rules refuse is left out, as in browsers.
      await this.#admit(opened, drafts, url);
    });
  }

  get #inUse(): boolean {
    return (this.#given ?? this.#opened) !== undefined;
  }

  /** Every use of the jar goes through this one promise, and so in the order of the calls. */
  #open(): Promise<Opened> {
    this.#opened ??= open(this.#given);
    return this.#opened;
  }

  #addLoose(cookies: CookiePairs): void {
    for (const [name, value] of checkCookies(cookies))
      this.#setLoose(draftByHand(name, value, {}, this.#now()).draft);
  }

  #setLoose({ name, partitioned: _, expires, ...draft }: CookieDraft): void {
    const key = `${name}\n${draft.path}`;
    const cookie: KeptCookie = {
      ...draft,
      key: name,
      domain: null,
      hostOnly: true,
      expires: expires === Infinity ? "Infinity" : new Date(expires),
      maxAge: null,
      creation: this.#loose.get(key)?.creation ?? new Date(this.#now()),
      creationIndex: 0,
      lastAccessed: null,
    };
    if (expires > this.#now()) this.#loose.set(key, cookie);
    else this.#loose.delete(key);
  }

  /** Keeps what the rules allow. Says why they refuse the last one, if they do. */
  #admit({ tough, jar }: Opened, drafts: CookieDraft[], url: URL): Promise<string | undefined> {
    const isSuffix = (domain: string) =>
      Reflect.get(jar, "rejectPublicSuffixes") !== false && isPublicSuffix(tough, domain);
    return writing(jar.store, async () => {
      const known = await (url.protocol === "https:" ? find(jar.store, hostOf(url)) : findAll(jar.store));
      let refused: string | undefined;
      for (const draft of drafts) {
        const verdict = judge(draft, url, known, this.#now(), isSuffix);
        if (typeof verdict === "string") refused = verdict;
        else await this.#keep(jar.store, cookieOf(tough, verdict, this.#now()), known);
      }
      return refused;
    });
  }

  /** @param known the cookies of the same domain, at least; brought up to date */
  async #keep(store: Store, cookie: Cookie, known: Cookie[]): Promise<void> {
    const now = this.#now();
    const drop = async (gone: Cookie) => {
      const at = known.indexOf(gone);
      if (at >= 0) known.splice(at, 1);
      await remove(store, gone);
    };
    const old = known.find((other) => isSame(other, cookie));
    if (!isAlive(cookie, now)) return old && drop(old);
    await put(store, cookie, known);
    if (old) known.splice(known.indexOf(old), 1);
    known.push(cookie);
    const inDomain = known.filter((other) => other.domain === cookie.domain);
    for (const gone of surplus(inDomain, MAX_PER_DOMAIN, now)) await drop(gone);
    if (sizeOf(store) <= MAX_IN_ALL) return;
    for (const gone of surplus(await findAll(store), MAX_IN_ALL, now)) await drop(gone);
  }

  async #list(filter?: CookieFilter, name?: string): Promise<KeptCookie[]> {
    const wanted = matcher(filter, name);
    const loose = [...this.#loose.values()];
    const stored = this.#inUse
      ? await this.#open().then(({ jar: { store } }) => reading(store, () => findAll(store)))
      : [];
    const now = this.#now();
    return [...loose, ...stored].filter((cookie) => wanted(cookie) && isAlive(cookie, now)).sort(byAge);
  }

  /** Removes cookies and gives those that were alive, after `check` has seen them. */
  async #remove(
    wanted: (cookie: KeptCookie) => boolean,
    check: (found: KeptCookie[]) => unknown = () => {},
  ): Promise<KeptCookie[]> {
    const work = async (stored: Cookie[], store?: Store) => {
      const now = this.#now();
      const loose = [...this.#loose].filter(([, cookie]) => wanted(cookie));
      const gone = stored.filter(wanted);
      const alive = [...loose.map(([, cookie]) => cookie), ...gone].filter((cookie) => isAlive(cookie, now));
      check(alive);
      for (const [key] of loose) this.#loose.delete(key);
      for (const cookie of gone) if (store) await remove(store, cookie);
      return alive;
    };
    if (!this.#inUse) return work([]);
    const { store } = (await this.#open()).jar;
    return writing(store, async () => work(await findAll(store), store));
  }
}

/** The jar of the caller's, or one in memory. */
async function open(given: CookieJar | undefined): Promise<Opened> {
  const tough = await import("tough-cookie");
  return { tough, jar: given ?? new tough.CookieJar(memoryStore(tough.Store)) };
}

async function copyOf(original: Promise<Opened>): Promise<Opened> {
  const { store } = (await original).jar;
  const cookies = await reading(store, () => findAll(store));
  const copy = await open(undefined);
  for (const cookie of cookies) await put(copy.jar.store, twinOf(copy.tough, cookie), []);
  return copy;
}

/** tough-cookie's jar, of whatever copy of that package; to ask with `instanceof` would load ours. */
/** True for a jar of tough-cookie. */
export function isJar(value: unknown): value is CookieJar {
  const jar = value as Partial<CookieJar> | null | undefined;
  return typeof jar?.setCookie === "function" && typeof jar.store === "object";
}

function urlOf(host: string): URL {
  return new URL(`https://${host.includes(":") ? `[${host}]` : host}/`);
}
