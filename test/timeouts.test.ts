import { describe, expect, test } from "vitest";
import { mergeTimeouts, type TimeoutInit } from "../src/timeouts.ts";
import { fault } from "./inputs.ts";

const phases = (limit: number | null) => ({ connect: limit, read: limit, write: limit, pool: limit });

describe("mergeTimeouts", () => {
  const rows: [what: string, init: TimeoutInit | undefined, expected: object][] = [
    ["nothing: the defaults", undefined, { ...phases(10_000), total: null }],
    ["a number: the four phases", 5, { ...phases(5), total: null }],
    ["0", 0, { ...phases(0), total: null }],
    ["null: no limit at all", null, { ...phases(null), total: null }],
    [
      "an object: what it names",
      { read: 1, pool: null, write: undefined } as unknown as TimeoutInit,
      { connect: 10_000, read: 1, write: 10_000, pool: null, total: null },
    ],
    ["total", { total: 7 }, { ...phases(10_000), total: 7 }],
    [
      "what no timer can hold: no limit",
      { connect: 2 ** 31, read: Number.POSITIVE_INFINITY, write: 2 ** 31 - 1 },
      { connect: null, read: null, write: 2 ** 31 - 1, pool: 10_000, total: null },
    ],
    [
      "inherited phases: none of them",
      Object.create({ read: 1 }) as TimeoutInit,
      { ...phases(10_000), total: null },
    ],
  ];

  test.each(rows)("takes %s", (_, init, expected) => {
    expect(mergeTimeouts(init)).toEqual(expected);
  });

  test("lays one over another: a number leaves total alone, null lifts it", () => {
    const base = mergeTimeouts({ read: 1, total: 7 });
    expect(mergeTimeouts(5, base)).toEqual({ ...phases(5), total: 7 });
    expect(mergeTimeouts({ connect: 2 }, base)).toEqual({
      connect: 2,
      read: 1,
      write: 10_000,
      pool: 10_000,
      total: 7,
    });
    expect(mergeTimeouts(null, base)).toEqual({ ...phases(null), total: null });
    expect(mergeTimeouts(undefined, base)).toBe(base);
    expect(base).toEqual({ connect: 10_000, read: 1, write: 10_000, pool: 10_000, total: 7 });
  });

  test.each<[unknown, string]>([
    [-1, "Cannot use timeout: must be milliseconds of 0 or more, or null: -1"],
    [Number.NaN, "Cannot use timeout: must be milliseconds of 0 or more, or null: NaN"],
    ["5", "Cannot use timeout: must be milliseconds, an object of phases, or null: 5"],
    [true, "Cannot use timeout: must be milliseconds, an object of phases, or null: true"],
    [{ read: "5" }, "Cannot use timeout.read: must be milliseconds of 0 or more, or null: 5"],
    [{ total: -1 }, "Cannot use timeout.total: must be milliseconds of 0 or more, or null: -1"],
    [{ conect: 5 }, "Cannot use timeout.conect: not a phase; use connect, read, write, pool, total"],
    [
      JSON.parse('{"__proto__":5}'),
      "Cannot use timeout.__proto__: not a phase; use connect, read, write, pool, total",
    ],
    [{ toString: 5 }, "Cannot use timeout.toString: not a phase; use connect, read, write, pool, total"],
  ])("refuses %j", (init, message) => {
    expect(fault(() => mergeTimeouts(init as TimeoutInit))).toEqual([
      "TypeError",
      "ERR_INVALID_ARGUMENT",
      message,
    ]);
  });
});
