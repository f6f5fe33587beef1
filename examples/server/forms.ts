/** Reads forms: `application/x-www-form-urlencoded` and `multipart/form-data` (RFC 7578), to its last byte. */
import type { Buffer } from "node:buffer";
import type { Header } from "./cors.ts";

export interface Part {
  readonly name: string | null;
  readonly filename: string | null;
  readonly headers: readonly Header[];
  readonly length: number;
  readonly base64: string;
  readonly text: string;
}

export interface Form {
  readonly fields: readonly Header[];
  readonly files: readonly Part[];
  /** Every part of a multipart body in its order, fields too. */
  readonly parts: readonly Part[];
  readonly boundary: string | null;
  /** What is wrong with the body, or null. */
  readonly fault: string | null;
}

const NO_FORM: Form = { fields: [], files: [], parts: [], boundary: null, fault: null };

export function parseForm(contentType: string, body: Buffer): Form {
  const type = contentType.split(";", 1)[0]?.trim().toLowerCase();
  if (type === "application/x-www-form-urlencoded") {
    return { ...NO_FORM, fields: [...new URLSearchParams(body.toString())] };
  }
  if (type !== "multipart/form-data") return NO_FORM;
  const boundary = /;\s*boundary=(?:"([^"]*)"|([^;\s]+))/i.exec(contentType)?.slice(1).find(Boolean) ?? null;
  if (boundary === null) return { ...NO_FORM, fault: "Content-Type has no boundary" };
  const { parts, fault } = parseMultipart(body, boundary);
  const fields = parts.filter(({ filename }) => filename === null);
  return {
    fields: fields.map(({ name, text }) => [name ?? "", text]),
    files: parts.filter(({ filename }) => filename !== null),
    parts,
    boundary,
    fault,
  };
}

// RFC 2046 section 5.1.1: "--boundary" begins a part on a line of its own and "--boundary--" ends the last one.
function parseMultipart(body: Buffer, boundary: string): { parts: Part[]; fault: string | null } {
  const delimiter = `\r\n--${boundary}`;
  const parts: Part[] = [];
  if (body.indexOf(`--${boundary}`) !== 0) return { parts, fault: "Body does not begin with the boundary" };
  let at = delimiter.length - 2;
  while (body.toString("latin1", at, at + 2) === "\r\n") {
    const end = body.indexOf(delimiter, at);
    const blank = body.indexOf("\r\n\r\n", at);
    if (end < 0) return { parts, fault: "Body ends inside a part" };
    if (blank < 0 || blank > end) return { parts, fault: "Part has no blank line after its headers" };
    parts.push(parsePart(body.toString("utf8", at + 2, blank), body.subarray(blank + 4, end)));
    at = end + delimiter.length;
  }
  const closing = body.toString("latin1", at, at + 2);
  if (closing !== "--") return { parts, fault: "Boundary is followed by neither a line end nor two hyphens" };
  const rest = body.toString("latin1", at + 2);
  return { parts, fault: rest === "\r\n" || rest === "" ? null : "Body goes on after its last boundary" };
}

function parsePart(head: string, content: Buffer): Part {
  const headers = head.split("\r\n").map((line): Header => {
    const colon = line.indexOf(":");
    return [line.slice(0, colon), line.slice(colon + 1).trim()];
  });
  const disposition = headers.find(([name]) => name.toLowerCase() === "content-disposition")?.[1] ?? "";
  return {
    name: /;\s*name="([^"]*)"/i.exec(disposition)?.[1] ?? null,
    filename: /;\s*filename="([^"]*)"/i.exec(disposition)?.[1] ?? null,
    headers,
    length: content.length,
    base64: content.toString("base64"),
    text: content.toString(),
  };
}
