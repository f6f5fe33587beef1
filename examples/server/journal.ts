/**
 * What arrived, for tests that run where they cannot look: in a browser or a worker. A request names its journal
 * with the header `X-Journal` or the query `journal`, and `GET /journal/<name>` tells what was seen under it.
 */
import { Buffer } from "node:buffer";
import type { Header } from "./cors.ts";

export interface Entry {
  /** The origin that was asked. */
  origin: string;
  method: string;
  /** The request target, byte for byte as on the request line. */
  target: string;
  httpVersion: string;
  /** In the order, case and number in which they came. */
  headers: Header[];
  /** Which connection of the process this was, counted from 1. */
  connection: number;
  /** Which request of its connection this was, counted from 1. */
  turn: number;
  bodyLength: number;
  /** The first 64 KiB of the body. */
  bodyBase64: string;
  /** True once the request body has ended as HTTP says that it ends. */
  complete: boolean;
  /** 0 as long as there is no answer. */
  status: number;
  /** Body bytes that a streaming endpoint has handed to the socket. */
  sent: number;
  /** `answered` when the whole answer was handed over, `dropped` when the connection ended before. */
  outcome: "open" | "answered" | "dropped";
}

const MAX_JOURNALS = 1000;
const MAX_ENTRIES = 1000;
const MAX_KEPT_BODY = 64 * 1024;

export class Journal {
  #journals = new Map<string, Entry[]>();
  #bodies = new WeakMap<Entry, Buffer[]>();
  #watchers = new Set<() => void>();

  /** Adds a request under `name`. The oldest journal goes when there are too many. */
  add(name: string, entry: Entry): void {
    const entries = this.#journals.get(name) ?? [];
    if (entries.length < MAX_ENTRIES) entries.push(entry);
    this.#journals.set(name, entries);
    if (this.#journals.size > MAX_JOURNALS) this.#journals.delete(this.#journals.keys().next().value ?? "");
    this.changed();
  }

  received(entry: Entry, piece: Buffer): void {
    const pieces = this.#bodies.get(entry) ?? [];
    if (entry.bodyLength < MAX_KEPT_BODY) pieces.push(piece);
    this.#bodies.set(entry, pieces);
    entry.bodyLength += piece.length;
    this.changed();
  }

  /** Tells those who wait that something happened. */
  changed(): void {
    for (const watcher of this.#watchers) watcher();
  }

  entries(name: string): Entry[] {
    const entries = this.#journals.get(name) ?? [];
    for (const entry of entries) {
      const kept = Buffer.concat(this.#bodies.get(entry) ?? []).subarray(0, MAX_KEPT_BODY);
      entry.bodyBase64 = kept.toString("base64");
    }
    return entries;
  }

  /** Resolves as soon as `test` holds for the journal. It is asked again whenever something happens. */
  async until(name: string, test: (entries: Entry[]) => boolean, gaveUp: AbortSignal): Promise<Entry[]> {
    return new Promise((resolve) => {
      const look = (): void => {
        const entries = this.#journals.get(name) ?? [];
        if (!gaveUp.aborted && !test(entries)) return;
        this.#watchers.delete(look);
        resolve(this.entries(name));
      };
      this.#watchers.add(look);
      gaveUp.addEventListener("abort", look, { once: true });
      look();
    });
  }
}
