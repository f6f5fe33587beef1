/** multipart/form-data (RFC 7578), escaped as browsers do (WHATWG HTML, "multipart form data"). */
import { Body, type BodyInit, isA, toBody } from "./body.ts";
import { argumentError } from "./errors.ts";
import { Headers, type HeadersInit } from "./headers.ts";
import { show } from "./redact.ts";
import { type ByteSource, toBytes } from "./source.ts";

/** A file of a form: its content alone, or with a name, a type and headers of its own. */
export type FileInit =
  | BodyInit
  | {
      /** Name to send. null makes a plain field. Default: the name of a `File`, else the field's name. */
      readonly filename?: string | null;
      readonly content: BodyInit;
      /** Content-Type of the part. Default: the Blob's, else application/octet-stream. */
      readonly type?: string;
      /** More headers of the part; a Content-Type among them wins. */
      readonly headers?: HeadersInit;
    };

/** Files by field name; a list sends several under one name. */
export type FilesInit =
  | { readonly [field: string]: FileInit | readonly FileInit[] }
  | Iterable<readonly [field: string, file: FileInit]>;

/** One part, ready to be written. */
interface Part {
  head: Uint8Array<ArrayBuffer>;
  body: Body;
}

const CRLF = "\r\n";

/** A boundary that no content can be made to contain: 128 random bits. */
export function makeBoundary(): string {
  const random = crypto.getRandomValues(new Uint8Array(16));
  return `saluki-${Array.from(random, (byte) => byte.toString(16).padStart(2, "0")).join("")}`;
}

/** A multipart body of form fields followed by files. Its length is known when every part's is. */
export function toMultipart(
  fields: Iterable<readonly [string, string]>,
  files: FilesInit,
  boundary: string = makeBoundary(),
): Body {
  if (!/^[\w'()+,./:=? -]{0,69}[\w'()+,./:=?-]$/.test(boundary)) {
    throw argumentError(`Cannot build multipart body: boundary is not one of RFC 2046: ${show(boundary)}`);
  }
  const parts: Part[] = [];
  const add = (
    field: string,
    body: Body,
    filename: string | null,
    type: string | null,
    more?: HeadersInit,
  ): void => {
    const headers = new Headers(more);
    if (type && !headers.has("content-type")) headers.set("Content-Type", type);
    let head = `--${boundary}${CRLF}Content-Disposition: form-data; name="${quote(field)}"`;
    if (filename !== null) head += `; filename="${quote(filename)}"`;
    for (const [name, value] of headers.raw) head += `${CRLF}${name}: ${value}`;
    parts.push({ head: toBytes(head + CRLF + CRLF), body });
  };
  for (const [field, value] of fields) add(field, toBody(value), null, null);
  for (const [field, file] of fileEntries(files)) {
    const made = describe(field, file);
    add(field, made.body, made.filename, made.type, made.headers);
  }
  return join(parts, toBytes(`--${boundary}--${CRLF}`), boundary);
}

/** The fields and files of a native FormData. */
export function fromFormData(form: FormData, boundary?: string): Body {
  const entries = [...form] as [string, string | File][];
  return toMultipart(
    [],
    entries.map(([name, value]): [string, FileInit] => [
      name,
      typeof value === "string"
        ? { filename: null, content: value }
        : { filename: value.name || "blob", content: value },
    ]),
    boundary,
  );
}

function* fileEntries(files: FilesInit): Iterable<[string, FileInit]> {
  if (Symbol.iterator in files) {
    for (const [field, file] of files) yield [field, file];
    return;
  }
  for (const [field, given] of Object.entries(files)) {
    // A list is several files, even though a list of chunks could be a body too.
    for (const file of Array.isArray(given) ? (given as FileInit[]) : [given as FileInit])
      yield [field, file];
  }
}

function describe(
  field: string,
  file: FileInit,
): {
  body: Body;
  filename: string | null;
  type: string | null;
  headers?: HeadersInit;
} {
  const described = typeof file === "object" && file !== null && Object.hasOwn(file, "content");
  const init = (described ? file : { content: file }) as Exclude<FileInit, BodyInit>;
  const own = <K extends keyof typeof init>(key: K): (typeof init)[K] | undefined =>
    Object.hasOwn(init, key) ? init[key] : undefined;
  const body = toBody(init.content);
  const given = own("filename");
  const filename =
    given === undefined ? (isA(init.content, "File") ? (init.content as File).name : field) : given;
  const type =
    own("type") ??
    (isA(init.content, "Blob", "File") ? body.type : null) ??
    (filename === null ? null : "application/octet-stream");
  const headers = own("headers");
  return { body, filename, type, ...(headers && { headers }) };
}

/** Quotes and line breaks as browsers write them; everything else goes out as UTF-8. */
function quote(name: string): string {
  return String(name)
    .replace(/\r\n|\r|\n/g, "%0D%0A")
    .replace(/"/g, "%22");
}

function join(parts: Part[], tail: Uint8Array<ArrayBuffer>, boundary: string): Body {
  const type = `multipart/form-data; boundary=${/[^\w'+.-]/.test(boundary) ? `"${boundary}"` : boundary}`;
  const lineEnd = toBytes(CRLF);
  const pieces = parts.flatMap((part) => [part.head, part.body, lineEnd]);
  pieces.push(tail);
  const solid = pieces.map((piece) => (piece instanceof Body ? (piece.bytes ?? piece.blob) : piece));
  if (solid.every((piece) => piece !== null)) return new Body({ type, blob: new Blob(solid) });
  const bodies = parts.map((part) => part.body);
  const length = pieces.reduce<number | null>((sum, piece) => {
    return sum === null || piece.length === null ? null : sum + piece.length;
  }, 0);
  return new Body({
    type,
    length,
    replayable: bodies.every((body) => body.replayable),
    open: () => chain(pieces, bodies),
  });
}

/** One piece after the other. */
function chain(pieces: readonly (Uint8Array | Body)[], bodies: readonly Body[]): ByteSource {
  let next = 0;
  let current: ByteSource | null = null;
  return {
    async read() {
      for (;;) {
        if (current) {
          const bytes = await current.read();
          if (bytes) return bytes;
          current = null;
        }
        const piece = pieces[next++];
        if (!piece) return null;
        if (!(piece instanceof Body)) return piece;
        current = piece.open();
      }
    },
    async cancel(reason) {
      next = pieces.length;
      await Promise.all(bodies.map((body) => body.cancel(reason)));
    },
  };
}
