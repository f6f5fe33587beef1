/** The timer of an exchange, under a clock that the test turns. */
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { type Phase, Watch } from "../../src/transports/node-watch.ts";

beforeEach(() => {
  // The bytes that a busy process finds between its timers and its immediates: none, unless a test says so.
  onImmediate();
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

function onImmediate(bytes: () => void = () => {}): void {
  vi.spyOn(globalThis, "setImmediate").mockImplementation(((call: (watch: Watch) => void, watch: Watch) => {
    bytes();
    call(watch);
  }) as typeof setImmediate);
}

function start() {
  const fired: [Phase, number, at: number][] = [];
  const began = performance.now();
  const watch = new Watch({
    timedOut: (phase, limit) => void fired.push([phase, limit, performance.now() - began]),
  });
  return { fired, watch };
}

test("Watch fires once, at its limit, with the phase that was awaited", () => {
  const { fired, watch } = start();
  watch.expect("connect", 100);
  vi.advanceTimersByTime(99);
  expect(fired).toEqual([]);
  vi.advanceTimersByTime(1000);
  expect(fired).toEqual([["connect", 100, 100]]);
});

test("Watch counts from the last sign of life", () => {
  const { fired, watch } = start();
  watch.expect("read", 100);
  for (let i = 0; i < 5; i++) {
    vi.advanceTimersByTime(90);
    watch.touch();
  }
  vi.advanceTimersByTime(99);
  expect(fired).toEqual([]);
  vi.advanceTimersByTime(1);
  expect(fired).toEqual([["read", 100, 550]]);
});

test("Watch sets one timer for many signs of life", () => {
  const { watch } = start();
  const set = vi.spyOn(globalThis, "setTimeout");
  watch.expect("read", 1000);
  for (let i = 0; i < 500; i++) {
    vi.advanceTimersByTime(1);
    watch.touch();
  }
  expect(set).toHaveBeenCalledTimes(1);
  watch.stop();
});

test("Watch obeys a shorter limit that comes later, and a longer one", () => {
  const { fired, watch } = start();
  watch.expect("connect", 1000);
  vi.advanceTimersByTime(10);
  watch.expect("write", 20);
  vi.advanceTimersByTime(10);
  watch.expect("read", 500);
  vi.advanceTimersByTime(499);
  expect(fired).toEqual([]);
  vi.advanceTimersByTime(1);
  expect(fired).toEqual([["read", 500, 520]]);
});

test("Watch does not count while it rests", () => {
  const { fired, watch } = start();
  watch.expect("write", 50);
  vi.advanceTimersByTime(40);
  watch.rest();
  vi.advanceTimersByTime(10_000);
  expect(fired).toEqual([]);
  watch.expect("write", 50);
  vi.advanceTimersByTime(50);
  expect(fired).toEqual([["write", 50, 10_090]]);
});

test("Watch waits for ever without a limit, and through limits beyond what a timer can hold", () => {
  const { fired, watch } = start();
  watch.expect("read", null);
  watch.expect("read", undefined);
  expect(vi.getTimerCount()).toBe(0);
  watch.expect("read", 2 ** 31 + 1000);
  vi.advanceTimersByTime(2 ** 31);
  expect(fired).toEqual([]);
  vi.advanceTimersByTime(1000);
  expect(fired.length).toBe(1);
});

test("Watch sleeps for the rest when a timer fires early", () => {
  const { fired, watch } = start();
  const now = performance.now.bind(performance);
  let early = 0;
  vi.spyOn(performance, "now").mockImplementation(() => now() - early);
  watch.expect("read", 100);
  // As Node's timers do at times, by less than a millisecond.
  early = 0.6;
  vi.advanceTimersByTime(100);
  expect(fired).toEqual([]);
  vi.advanceTimersByTime(1);
  expect(fired.length).toBe(1);
});

test("Watch hears bytes that arrived while the process was busy", () => {
  const { fired, watch } = start();
  watch.expect("read", 100);
  // Bytes are read after timers have run, and before immediates.
  onImmediate(() => watch.touch());
  vi.advanceTimersByTime(150);
  expect(fired).toEqual([]);
  watch.stop();
});

test("Watch leaves no timer behind when stopped, and sets none again", () => {
  const { fired, watch } = start();
  watch.expect("read", 100);
  watch.stop();
  watch.expect("read", 100);
  watch.touch();
  expect(vi.getTimerCount()).toBe(0);
  vi.advanceTimersByTime(1000);
  expect(fired).toEqual([]);
});
