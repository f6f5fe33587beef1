/** Bytes to text: which charset, and lines out of pieces. Reads nothing by itself. */

/** The charset for a text without a declared one: a label of the Encoding standard, or a function of the bytes. */
export type DefaultEncoding = string | ((bytes: Uint8Array) => string);

/** A decoder for a label, or for the default where the runtime does not know the label. A BOM is dropped. */
export function textDecoder(label: string | undefined, fallback: string): TextDecoder {
  for (const candidate of [label, fallback]) {
    try {
      if (candidate) return new TextDecoder(candidate);
    } catch {
      // An unknown label falls back, as browsers do.
    }
  }
  return new TextDecoder();
}

/**
 * Cuts text into lines at LF, CR LF or CR and nowhere else (U+2028 is part of a line).
 * Call `push` for each piece and `end` once.
 */
export class LineSplitter {
  #rest: string[] = [];
  #pending = 0;
  #afterCR = false;

  /** Characters of the line that has not ended yet. */
  get pending(): number {
    return this.#pending;
  }

  /** The lines that this piece completes. */
  push(text: string): string[] {
    // A CR at the end of the last piece has ended its line already; an LF that follows belongs to it.
    const from = this.#afterCR && text.startsWith("\n") ? 1 : 0;
    if (text) this.#afterCR = text.endsWith("\r");
    const lines = text.slice(from).split(/\r\n|\n|\r/);
    const last = lines.pop() as string;
    if (lines.length > 0) {
      this.#rest.push(lines[0] as string);
      lines[0] = this.#rest.join("");
      this.#rest = [];
      this.#pending = 0;
    }
    if (last) this.#rest.push(last);
    this.#pending += last.length;
    return lines;
  }

  /** What is left after the last line end. */
  end(): string[] {
    const last = this.#rest.join("");
    this.#rest = [];
    return last ? [last] : [];
  }
}

/**
 * The charset that a text declares: by its BOM, by its Content-Type, by `<meta charset>` or an XML declaration in its
 * first 1024 bytes; else UTF-8 if it is valid UTF-8, else windows-1252, which decodes everything.
 */
export function detectEncoding(bytes: Uint8Array, declared: string | undefined): string {
  const [first, second, third] = bytes;
  if (first === 0xef && second === 0xbb && third === 0xbf) return "utf-8";
  if (first === 0xfe && second === 0xff) return "utf-16be";
  if (first === 0xff && second === 0xfe) return "utf-16le";
  if (declared) return declared.toLowerCase();
  const start = new TextDecoder("windows-1252").decode(bytes.subarray(0, 1024));
  const named =
    /<meta[^>]{1,200}?charset\s*=\s*["']?([\w:.-]{1,40})|^<\?xml[^>]{1,200}?encoding\s*=\s*["']([\w:.-]{1,40})/i.exec(
      start,
    );
  if (named) return (named[1] ?? named[2] ?? "").toLowerCase();
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    return "utf-8";
  } catch {
    return "windows-1252";
  }
}
