/** Bytes to text: which charset, and lines out of pieces. Reads nothing by itself. */

/** The charset for a text without a declared one: a label of the Encoding standard, or a function of the bytes. */
export type DefaultEncoding = string | ((bytes: Uint8Array) => string);

// Encoding standard, "BOM sniff": it outweighs what a header says.
const MARKS = /^(?:(\xef\xbb\xbf)|(\xfe\xff)|\xff\xfe)/;

/**
 * A decoder for text that starts with these bytes: by its byte order mark, which it drops, else by the label, else by
 * the default. A label that the runtime does not know says nothing, as in browsers.
 */
export function textDecoder(
  start: Uint8Array,
  label: string | undefined,
  fallback: DefaultEncoding,
): TextDecoder {
  return (
    decoderFor(markOf(start)) ??
    decoderFor(label) ??
    decoderFor(typeof fallback === "function" ? fallback(start) : fallback) ??
    new TextDecoder()
  );
}

/** A decoder for a label of the Encoding standard, or undefined where the runtime does not know it. */
export function decoderFor(label: string | undefined): TextDecoder | undefined {
  try {
    const decoder = label ? new TextDecoder(label) : undefined;
    return decoder?.encoding === "windows-1252" ? repaired(decoder) : decoder;
  } catch {
    return undefined;
  }
}

// What windows-1252 has from 0x80 to 0x9F.
const WINDOWS_1252 = "€\x81‚ƒ„…†‡ˆ‰Š‹Œ\x8dŽ\x8f\x90‘’“”•–—˜™š›œ\x9džŸ";

/** Node 20.19 and 20.20 decode windows-1252, which is also what iso-8859-1 means, as if it had control characters there. */
function repaired(decoder: TextDecoder): TextDecoder {
  decoder.decode = (input, options) =>
    TextDecoder.prototype.decode
      .call(decoder, input, options)
      .replace(/[\x80-\x9f]/g, (char) => WINDOWS_1252[char.charCodeAt(0) - 0x80] as string);
  return decoder;
}

function markOf(bytes: Uint8Array): string | undefined {
  const mark = MARKS.exec(String.fromCharCode(...bytes.subarray(0, 3)));
  return mark ? (mark[1] ? "utf-8" : mark[2] ? "utf-16be" : "utf-16le") : undefined;
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
 * first 1024 bytes, where the runtime knows it; else UTF-8 if it is valid UTF-8, else windows-1252, which decodes everything.
 */
export function detectEncoding(bytes: Uint8Array, declared: string | undefined): string {
  const start = String.fromCharCode(...bytes.subarray(0, 1024));
  const [, meta, xml] =
    /<meta[^>]{1,200}?charset\s*=\s*["']?([\w:.-]{1,40})|^<\?xml[^>]{1,200}?encoding\s*=\s*["']([\w:.-]{1,40})/i.exec(
      start,
    ) ?? [];
  for (const label of [markOf(bytes), declared, meta ?? xml]) {
    if (decoderFor(label)) return (label as string).toLowerCase();
  }
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    return "utf-8";
  } catch {
    return "windows-1252";
  }
}
