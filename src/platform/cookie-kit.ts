/** Cookies for runtimes that leave them to the client. */
import { cookieHeader, mergeCookies } from "../cookie-header.ts";
import { Cookies, type CookiesInit } from "../cookies.ts";
import type { CookieKit } from "./types.ts";

export const cookieKit: CookieKit = {
  open: (init) => new Cookies(init as CookiesInit),
  header: cookieHeader,
  merge: mergeCookies,
};
