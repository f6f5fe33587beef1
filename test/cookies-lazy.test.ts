import { expect, test, vi } from "vitest";
import { Cookies } from "../src/cookies.ts";

const loads = vi.hoisted(() => ({ count: 0 }));

vi.mock("tough-cookie", async (load) => {
  loads.count++;
  return load();
});

test("Cookies loads tough-cookie with the first cookie that needs it, and not before", async () => {
  const url = new URL("https://a.test/");
  const cookies = new Cookies({ a: "1" });
  expect(cookies.header(url, true)).toBe("a=1");
  expect(cookies.store(url, [])).toBeUndefined();
  expect(cookies.store(url, ["junk\0=1"])).toBeUndefined();
  await cookies.set("b", "2", { path: "/x", secure: true, maxAge: 60 });
  await cookies.update({ c: "3" });
  await cookies.update(new Cookies({ d: "4" }));
  expect(await cookies.toObject()).toEqual({ a: "1", b: "2", c: "3", d: "4" });
  expect(await cookies.pop("c")).toBe("3");
  expect(await (await cookies.copy()).count()).toBe(3);
  await cookies.clearExpiredCookies();
  await cookies.clear();
  expect(loads.count).toBe(0);
  await cookies.store(url, ["a=1"]);
  expect(loads.count).toBe(1);
});
