/** multipart/form-data (RFC 7578), escaped as browsers do (WHATWG HTML, "multipart form data"). */
import { Body, type BodyInit, toBody } from "./body.ts";
import { argumentError } from "./errors.ts";
import { Headers, type HeadersInit } from "./headers.ts";
import { show } from "./redact.ts";
import { snapshot } from "./snapshot.ts";
import { type ByteSource, concat, isA, toBytes } from "./source.ts";

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

/** Files by field name; a list sends several under one name. null and undefined are left out. */
export type FilesInit =
  | { readonly [field: string]: FileInit | null | undefined | readonly FileInit[] }
  | Iterable<readonly [field: string, file: FileInit | null | undefined]>;

/** What a part is made of. */
interface Part {
  body: Body;
  filename: string | null;
  headers: Headers;
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
  const pieces: (Uint8Array<ArrayBuffer> | Body)[] = [];
  const add = (field: string, { body, filename, headers }: Part): void => {
    let head = `--${boundary}${CRLF}Content-Disposition: form-data; name="${quote(withCRLF(field))}"`;
    if (filename !== null) head += `; filename="${quote(filename)}"`;
    for (const [name, value] of headers.raw) head += `${CRLF}${name}: ${value}`;
    pieces.push(toBytes(head + CRLF + CRLF), body, toBytes(CRLF));
  };
  for (const [field, value] of fields) {
    add(field, { body: toBody(value), filename: null, headers: new Headers() });
  }
  for (const [field, file] of fileEntries(files)) add(field, describe(field, file));
  pieces.push(toBytes(`--${boundary}--${CRLF}`));
  return join(pieces, boundary);
}

/** The fields and files of a native FormData, with the line ends of texts as browsers write them. */
export function fromFormData(form: FormData, boundary?: string): Body {
  const entries = [...form] as [string, string | File][];
  return toMultipart(
    [],
    entries.map(([name, value]): [string, FileInit] => [
      name,
      typeof value === "string" ? { filename: null, content: withCRLF(value) } : value,
    ]),
    boundary,
  );
}

function* fileEntries(files: FilesInit): Iterable<[string, FileInit]> {
  if (typeof files !== "object") {
    throw argumentError(`Cannot read files: must be an object or pairs: ${typeof files}`);
  }
  const pairs = Symbol.iterator in files ? files : Object.entries(files);
  for (const pair of pairs as Iterable<readonly [string, FileInit]>) {
    if (!Array.isArray(pair) || pair.length !== 2 || typeof pair[0] !== "string") {
      throw argumentError("Cannot read files: a list must hold pairs of name and file");
    }
    const [field, given] = pair as [string, FileInit];
    // A list is several files, even though a list of chunks could be a body too.
    for (const file of Array.isArray(given) ? (given as FileInit[]) : [given]) {
      if (file !== null && file !== undefined) yield [field, file];
    }
  }
}

function describe(field: string, file: FileInit): Part {
  const described = typeof file === "object" && Object.hasOwn(file, "content");
  const init = snapshot((described ? file : { content: file }) as Exclude<FileInit, BodyInit>);
  const { content, filename, type, headers: more, ...unknown } = init;
  const fail = (why: string): never => {
    throw argumentError(`Cannot send file ${show(field)}: ${why}`);
  };
  const [extra] = Object.keys(unknown);
  if (extra !== undefined) fail(`${show(extra)} is none of filename, content, type, headers`);
  const name =
    filename === undefined
      ? ((isA(content, "File", "Blob") ? (content as Partial<File>).name : undefined) ?? field)
      : filename;
  if (name !== null && typeof name !== "string") fail(`filename must be a string or null: ${typeof name}`);
  if (content === undefined || (!described && isRecord(file))) fail("it has no content");
  const body = toBody(content);
  const ownType = isA(content, "Blob", "File") ? body.type : null;
  const partType = type ?? ownType ?? (name === null ? null : "application/octet-stream");
  const headers = new Headers(partType === null ? [] : [["Content-Type", partType]]).merge(more);
  if (headers.has("content-disposition")) fail("Content-Disposition is made of its field and filename");
  return { body, filename: name, headers };
}

/** True for a record, which is no content of any kind. */
function isRecord(value: unknown): boolean {
  return (
    isA(value, "Object") &&
    !(Symbol.iterator in (value as object)) &&
    !(Symbol.asyncIterator in (value as object))
  );
}

/** Any line end as CR LF: so browsers write the names of fields and the texts in them, but not the names of files. */
function withCRLF(text: string): string {
  return text.replace(/\r\n?|\n/g, CRLF);
}

/** Quotes and line breaks as browsers write them; everything else goes out as UTF-8. */
function quote(name: string): string {
  return name.replace(/["\r\n]/g, encodeURIComponent);
}

function join(pieces: readonly (Uint8Array<ArrayBuffer> | Body)[], boundary: string): Body {
  const type = `multipart/form-data; boundary=${/[^\w'+.-]/.test(boundary) ? `"${boundary}"` : boundary}`;
  const length = pieces.reduce<number | null>(
    (sum, piece) => (sum === null || piece.length === null ? null : sum + piece.length),
    0,
  );
  const solid = pieces.map((piece) => (piece instanceof Body ? (piece.bytes ?? piece.blob) : piece));
  if (length !== null && solid.every((piece) => piece instanceof Uint8Array)) {
    return new Body({ type, bytes: concat(solid as Uint8Array[], length) as Uint8Array<ArrayBuffer> });
  }
  if (solid.every((piece) => piece !== null)) return new Body({ type, blob: new Blob(solid) });
  const bodies = pieces.filter((piece) => piece instanceof Body);
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
