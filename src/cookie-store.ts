/**
 * Where cookies are kept: tough-cookie's store interface, spoken to with promises and in turn. Judges no
 * cookie. tough-cookie itself is not loaded here.
 */
import type { Cookie, Store } from "tough-cookie";
import {
  type AcceptedCookie,
  byAge,
  expiryOf,
  type KeptCookie,
  matchesDomain,
  matchesPath,
} from "./cookie-rules.ts";

type Tough = typeof import("tough-cookie");
type Done<T> = (error: Error | null, result?: T) => void;

/**
 * A store in memory. tough-cookie's own keeps one cookie for each name, domain and path; RFC 6265bis section
 * 5.7 step 23 counts the host-only flag too, so that `Domain=a.test` from sub.a.test does not replace what
 * a.test set for itself. It also throws for hosts such as `http://test/`, and finds nothing for hosts that
 * end in a dot.
 */
export function memoryStore(Base: new () => Store): Store {
  const cookies = new Map<string, Cookie>();
  const select = (test: (cookie: Cookie) => boolean) => [...cookies.values()].filter(test);
  const remove = (test: (cookie: Cookie) => boolean) => {
    for (const cookie of select(test)) cookies.delete(identity(cookie));
  };
  const put = (cookie: Cookie) => void cookies.set(identity(cookie), cookie);
  const methods = {
    synchronous: true,
    findCookie: (domain: string, path: string, key: string, done?: Done<Cookie | undefined>) =>
      answer(select((c) => c.domain === domain && c.path === path && c.key === key)[0], done),
    findCookies(
      domain: string,
      path: string | null,
      special?: boolean | Done<Cookie[]>,
      done?: Done<Cookie[]>,
    ) {
      const found = select(
        (c) => matchesDomain(domain, c.domain ?? "") && (!path || matchesPath(path, c.path ?? "/")),
      );
      return answer(found, typeof special === "function" ? special : done);
    },
    putCookie: (cookie: Cookie, done?: Done<void>) => answer(put(cookie), done),
    updateCookie: (_old: Cookie, cookie: Cookie, done?: Done<void>) => answer(put(cookie), done),
    removeCookie: (domain: string, path: string, key: string, done?: Done<void>) =>
      answer(
        remove((c) => c.domain === domain && c.path === path && c.key === key),
        done,
      ),
    removeCookies: (domain: string, path: string | null, done?: Done<void>) =>
      answer(
        remove((c) => c.domain === domain && (!path || c.path === path)),
        done,
      ),
    removeAllCookies: (done?: Done<void>) => answer(cookies.clear(), done),
    getAllCookies: (done?: Done<Cookie[]>) => answer([...cookies.values()].sort(byAge), done),
  };
  const store = Object.assign(new Base(), methods) as unknown as Store;
  memories.set(store, cookies);
  return store;
}

/** What the stores in memory hold. */
const memories: WeakMap<Store, Map<string, Cookie>> = /* @__PURE__ */ new WeakMap();

/** tough-cookie's methods answer the callback they are given, or with a promise. */
function answer<T>(value: T, done: Done<T> | undefined): Promise<T> | undefined {
  if (!done) return Promise.resolve(value);
  done(null, value);
  return undefined;
}

/** What makes two cookies the same one (RFC 6265bis section 5.7 step 23). */
function identity({ key, domain, path, hostOnly }: KeptCookie): string {
  return JSON.stringify([hostOnly !== false, domain, path, key]);
}

/** True when one of them replaces the other. */
export function isSame(a: KeptCookie, b: KeptCookie): boolean {
  return identity(a) === identity(b);
}

/**
 * An accepted cookie as the store keeps it. Its end is a date: tough-cookie counts `maxAge` from the latest
 * use.
 */
export function cookieOf(tough: Tough, accepted: AcceptedCookie, now: number): Cookie {
  const { name, expires, ...rest } = accepted;
  const time = new Date(now);
  const end = expires === Infinity ? "Infinity" : new Date(Math.max(expires, 0));
  return new tough.Cookie({ ...rest, key: name, expires: end, creation: time, lastAccessed: time });
}

/** A cookie of any store, to be kept in another. What was loaded from a file may name a public suffix. */
export function twinOf(tough: Tough, cookie: Cookie): Cookie {
  const end = expiryOf(cookie);
  const expires = end === Infinity ? "Infinity" : new Date(Math.max(end, 0));
  const hostOnly = cookie.hostOnly !== false || isPublicSuffix(tough, cookie.domain ?? "");
  return new tough.Cookie({ ...cookie, expires, maxAge: null, hostOnly });
}

/** True when everyone may register names below this domain. */
export function isPublicSuffix(tough: Tough, domain: string): boolean {
  // By the list's own rule every lone name is one. tough-cookie's function gives the name below the suffix.
  if (!domain.includes(".")) return true;
  return tough.getPublicSuffix(domain, { allowSpecialUseDomain: true, ignoreError: true }) === undefined;
}

/**
 * How many cookies a store in memory holds; 0 for a store of the caller's, which keeps as many as it likes.
 */
export function sizeOf(store: Store): number {
  return memories.get(store)?.size ?? 0;
}

/** Every cookie. */
export function findAll(store: Store): Promise<Cookie[]> {
  return ask((done) => store.getAllCookies(done));
}

/** The cookies of a host and of the domains above it; perhaps more. */
export function find(store: Store, host: string): Promise<Cookie[]> {
  // tough-cookie's store throws for "test", "local" and "example", and takes "a.test." for "a.test".
  const ordinary = /\w\.\w/.test(host) && !host.endsWith(".");
  return memories.has(store) || ordinary
    ? ask((done) => store.findCookies(host, null, true, done))
    : findAll(store);
}

/** Keeps a cookie, in place of the same one among those known. */
export function put(store: Store, cookie: Cookie, known: readonly Cookie[]): Promise<void> {
  const same = known.find((other) => isSame(other, cookie));
  // Step 23.3: a new value leaves a cookie its place in the order.
  if (same) Object.assign(cookie, { creation: same.creation, creationIndex: same.creationIndex });
  const sameSlot = ({ key, domain, path }: Cookie) =>
    key === cookie.key && domain === cookie.domain && path === cookie.path;
  const old = same ?? known.find(sameSlot);
  return ask((done) => (old ? store.updateCookie(old, cookie, done) : store.putCookie(cookie, done)));
}

/** Removes one cookie, and not its twin with the other host-only flag. */
export function remove(store: Store, cookie: Cookie): Promise<void> {
  const memory = memories.get(store);
  if (!memory) return ask((done) => store.removeCookie(cookie.domain, cookie.path, cookie.key, done));
  memory.delete(identity(cookie));
  return Promise.resolve();
}

/** Calls a store the way tough-cookie's jar does: some stores know callbacks only. */
function ask<T>(call: (done: Done<T>) => unknown): Promise<T> {
  return new Promise((resolve, reject) => {
    const done: Done<T> = (error, result) => (error ? reject(error) : resolve(result as T));
    // An async function that throws calls nobody back.
    Promise.resolve(call(done)).catch(reject);
  });
}

/** The last write of each store, also when several clients share it. */
const writes: WeakMap<Store, Promise<unknown>> = /* @__PURE__ */ new WeakMap();

/** Reads once the writes before are done. Reads do not wait for each other. */
export function reading<T>(store: Store, work: () => Promise<T>): Promise<T> {
  return (writes.get(store) ?? Promise.resolve()).then(work);
}

/** Writes in turn: a store that reads, changes and saves would lose what another writer saved meanwhile. */
export function writing<T>(store: Store, work: () => Promise<T>): Promise<T> {
  const result = reading(store, work);
  writes.set(
    store,
    result.catch(() => {}),
  );
  return result;
}
