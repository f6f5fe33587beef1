import { STATUS_CODES } from "node:http";
import { describe, expect, test } from "vitest";
import { codes, reasonPhrase } from "../src/status.ts";
import { REQUESTS } from "./vectors/codes.ts";

describe("codes", () => {
  test.each(REQUESTS)(
    "codes has every alias of %d that Requests documents, in lower and upper case",
    (code, names) => {
      for (const name of names) {
        const known: Record<string, unknown> = codes;
        expect(known[name], name).toBe(code);
        expect(known[name.toUpperCase()], name.toUpperCase()).toBe(/^[\\/]/.test(name) ? undefined : code);
      }
    },
  );

  test("codes gives a name to each code, and the name gives the code back", () => {
    const entries = Object.entries(codes).filter(([key]) => /^\d+$/.test(key));
    expect(entries.length).toBeGreaterThan(60);
    for (const [code, name] of entries) {
      const known: Record<string, unknown> = codes;
      expect(known[name as string]).toBe(Number(code));
    }
    expect(codes[200]).toBe("OK");
    expect(codes[404]).toBe("NOT_FOUND");
    expect(codes[418]).toBe("IM_A_TEAPOT");
    expect(codes[422]).toBe("UNPROCESSABLE_CONTENT");
  });

  test("codes knows its literal types", () => {
    const found: 404 = codes.NOT_FOUND;
    const teapot: 418 = codes.i_am_a_teapot;
    const face: 200 = codes["\\o/"];
    const tick: 200 = codes["✓"];
    const name: "NOT_FOUND" = codes[404];
    const any: string | undefined = codes[found as number];
    expect([found, teapot, face, tick, name, any]).toEqual([404, 418, 200, 200, "NOT_FOUND", "NOT_FOUND"]);
  });

  test("codes has the names of HTTPX that Requests lacks", () => {
    expect([codes.EARLY_HINTS, codes.LOOP_DETECTED, codes.REQUEST_HEADER_FIELDS_TOO_LARGE]).toEqual([
      103, 508, 431,
    ]);
  });

  test("codes is frozen and has no prototype", () => {
    expect(Object.isFrozen(codes)).toBe(true);
    expect(Object.getPrototypeOf(codes)).toBeNull();
    expect(codes[299 as number]).toBeUndefined();
    for (const name of ["constructor", "toString", "__proto__"]) {
      expect((codes as Record<string, unknown>)[name]).toBeUndefined();
    }
  });
});

describe("reasonPhrase", () => {
  test("reasonPhrase has the phrases of the IANA registry", () => {
    expect(reasonPhrase(100)).toBe("Continue");
    expect(reasonPhrase(200)).toBe("OK");
    expect(reasonPhrase(203)).toBe("Non-Authoritative Information");
    expect(reasonPhrase(226)).toBe("IM Used");
    expect(reasonPhrase(308)).toBe("Permanent Redirect");
    expect(reasonPhrase(404)).toBe("Not Found");
    expect(reasonPhrase(413)).toBe("Content Too Large");
    expect(reasonPhrase(418)).toBe("I'm a teapot");
    expect(reasonPhrase(421)).toBe("Misdirected Request");
    expect(reasonPhrase(422)).toBe("Unprocessable Content");
    expect(reasonPhrase(431)).toBe("Request Header Fields Too Large");
    expect(reasonPhrase(451)).toBe("Unavailable For Legal Reasons");
    expect(reasonPhrase(511)).toBe("Network Authentication Required");
  });

  test("reasonPhrase agrees with Node's table but for what RFC 9110 renamed and what is not registered", () => {
    const ours = { 413: "Content Too Large", 418: "I'm a teapot", 422: "Unprocessable Content", 509: "" };
    for (const [code, phrase] of Object.entries({ ...STATUS_CODES, ...ours })) {
      expect(reasonPhrase(Number(code)), code).toBe(phrase);
    }
  });

  test("reasonPhrase has a phrase for a code exactly when Node's table has one", () => {
    for (let code = 0; code < 1000; code++) {
      if (code !== 509)
        expect(reasonPhrase(code) !== "", String(code)).toBe(STATUS_CODES[code] !== undefined);
    }
  });

  test("reasonPhrase gives nothing for anything else", () => {
    for (const code of [
      0,
      99,
      104,
      306,
      419,
      427,
      509,
      600,
      999,
      -404,
      404.5,
      1e9,
      Number.NaN,
      Infinity,
      -Infinity,
    ]) {
      expect(reasonPhrase(code)).toBe("");
    }
  });
});
