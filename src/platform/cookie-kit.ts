/** Cookies for runtimes that leave them to the client. */
import { type CookiePairs, cookieHeader, mergeCookies } from "../cookie-header.ts";
import { Cookies, type CookiesInit, isJar } from "../cookies.ts";
import type { CookieKit } from "./types.ts";

// A jar that is one already is used, not copied: several clients may share it.
const open = (init: unknown) => (init instanceof Cookies ? init : new Cookies(init as CookiesInit));

export const cookieKit: CookieKit = {
  open,
  own: (init) => (init instanceof Cookies || isJar(init) ? open(init) : cookieHeader(init as CookiePairs)),
  merge: mergeCookies,
};
