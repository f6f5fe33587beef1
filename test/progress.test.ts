import { expect, test, vi } from "vitest";
import { reporter, withProgress } from "../src/progress.ts";
import type { Progress } from "../src/request.ts";
import { fromIterable } from "../src/source.ts";

test("withProgress tells of every piece, with the total where it is known", async () => {
  const seen: Progress[] = [];
  const source = withProgress(fromIterable(["ab", "c"]), 3, (progress) => seen.push(progress));
  while (await source.read());
  expect(seen.map(({ transferred, total }) => [transferred, total])).toEqual([
    [2, 3],
    [3, 3],
  ]);
  expect(seen.every(({ rate }) => Number.isInteger(rate) && rate >= 0)).toBe(true);
});

test("withProgress hands on cancel and faults", async () => {
  const cancel = vi.fn(async () => undefined);
  const boom = new Error("boom");
  const source = withProgress({ read: () => Promise.reject(boom), cancel }, null, () => undefined);
  await expect(source.read()).rejects.toBe(boom);
  await source.cancel("why");
  expect(cancel).toHaveBeenCalledWith("why");
});

test("reporter leaves an unknown total out and knows the rate", () => {
  const now = vi
    .spyOn(performance, "now")
    .mockReturnValueOnce(1000)
    .mockReturnValueOnce(3000)
    .mockReturnValueOnce(1000);
  const seen: Progress[] = [];
  for (const total of [null, undefined]) {
    reporter(total, (progress) => seen.push(progress))(500);
    now.mockReturnValueOnce(1000);
  }
  now.mockRestore();
  expect(seen[0]).toEqual({ transferred: 500, rate: 250 });
  expect("total" in (seen[1] as Progress)).toBe(false);
});
