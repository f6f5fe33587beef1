/** Text to bytes in the charsets of the web. Node only decodes them, so the tables are turned round. */
import { Buffer } from "node:buffer";

/** A sentence that shows what is special in the charset. */
export const SAMPLES: ReadonlyMap<string, string> = new Map([
  ["utf-8", "Grüße, Ωμέγα, привет, こんにちは, 😀"],
  ["utf-16le", "Grüße, こんにちは, 😀"],
  ["utf-16be", "Grüße, こんにちは, 😀"],
  ["us-ascii", "Plain text"],
  ["iso-8859-1", "Grüße, café, ¡olé!"],
  ["iso-8859-2", "Příliš žluťoučký kůň"],
  ["iso-8859-5", "Съешь ещё этих булок"],
  ["iso-8859-7", "Καλημέρα κόσμε"],
  ["iso-8859-15", "10 €, œuvre"],
  ["windows-1250", "Zażółć gęślą jaźń"],
  ["windows-1251", "Съешь ещё этих мягких булок"],
  ["windows-1252", "“Quoted” – café, 10 €"],
  ["koi8-r", "Привет, мир"],
  ["shift_jis", "こんにちは世界、テスト"],
  ["euc-jp", "こんにちは世界、テスト"],
  ["euc-kr", "안녕하세요 세계"],
  ["gbk", "你好，世界"],
  ["big5", "你好，世界"],
]);

/**
 * The bytes 0x80 to 0x9F of windows-1252, which the Encoding standard also means by iso-8859-1 and us-ascii. Some
 * releases of Node decode them as control characters, so the table stands here.
 */
const WINDOWS_1252 = "€\x81‚ƒ„…†‡ˆ‰Š‹Œ\x8DŽ\x8F\x90‘’“”•–—˜™š›œ\x9DžŸ";
const LATIN = ["windows-1252", "iso-8859-1", "us-ascii"];

const tables = new Map<string, Map<string, Buffer>>();

/** The bytes, with "?" for what the charset has not; undefined for a charset that is not in `SAMPLES`. */
export function encodeText(text: string, charset: string): Buffer | undefined {
  if (!SAMPLES.has(charset)) return undefined;
  if (charset === "utf-8") return Buffer.from(text);
  if (charset === "utf-16le") return Buffer.from(text, "utf16le");
  if (charset === "utf-16be") return Buffer.from(text, "utf16le").swap16();
  const table = tables.get(charset) ?? readTable(charset);
  tables.set(charset, table);
  return Buffer.concat(Array.from(text, (character) => table.get(character) ?? Buffer.from("?")));
}

// Decodes every sequence of one byte, and of two where one alone means nothing.
function readTable(charset: string): Map<string, Buffer> {
  if (LATIN.includes(charset)) {
    const character = (byte: number): string => WINDOWS_1252[byte - 0x80] ?? String.fromCharCode(byte);
    return new Map(Array.from({ length: 256 }, (_, byte) => [character(byte), Buffer.of(byte)]));
  }
  const decoder = new TextDecoder(charset);
  const table = new Map<string, Buffer>();
  const add = (bytes: Buffer): boolean => {
    const text = decoder.decode(bytes);
    const single = Array.from(text).length === 1 && text !== "\uFFFD";
    if (single && !table.has(text)) table.set(text, bytes);
    return single;
  };
  for (let first = 0; first < 256; first += 1) {
    if (add(Buffer.of(first))) continue;
    for (let second = 0x40; second < 256; second += 1) add(Buffer.of(first, second));
  }
  return table;
}
