/** Cookies for runtimes that leave them to the client. */
import { cookieHeader, mergeCookies } from "../cookie-header.ts";
import { Cookies, type CookiesInit } from "../cookies.ts";
import type { CookieKit } from "./types.ts";

export const cookieKit: CookieKit = {
  // A jar that is one already is used, not copied: several clients may share it.
  open: (init) => (init instanceof Cookies ? init : new Cookies(init as CookiesInit)),
  header: cookieHeader,
  merge: mergeCookies,
};
