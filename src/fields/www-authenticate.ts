/**
 * `WWW-Authenticate`, `Proxy-Authenticate` and the parameters of `Authentication-Info` (RFC 9110 section 11). Chooses no
 * challenge and answers none.
 *
 * ```
 * WWW-Authenticate = #challenge
 * challenge        = auth-scheme [ 1*SP ( token68 / #auth-param ) ]
 * auth-param       = token BWS "=" BWS ( token / quoted-string )
 * ```
 *
 * *Facts*: the comma between two challenges is also the comma between two parameters, and either list may have empty
 * elements. What tells them apart is the "=" after the first token of an element.
 *
 * *Strategy*: read element by element. A parameter goes to the challenge before it, a scheme begins the next one.
 * Where an element breaks the grammar, its challenge is marked as malformed and reading goes on at the next comma
 * outside quotes, so that one bad challenge leaves the others usable. Behind a quote that is not closed nothing on
 * that line is believed. Header lines are one list (section 5.3), so a line may begin with a parameter of the
 * challenge before it; but what is no parameter never spoils a challenge of the line before.
 */
import { AuthError } from "../errors.ts";
import {
  accept,
  atEnd,
  type Cursor,
  isFieldValue,
  scan,
  scanQuoted,
  scanToken,
  skipBlanks,
  skipMember,
} from "../grammar.ts";
import { show } from "../redact.ts";

/** A challenge taken apart. */
export interface Challenge {
  /** As the server spelled it; compare without regard to case. */
  scheme: string;
  /** The one value of schemes that have no parameters. */
  token68?: string;
  /** Names in lower case, values with quotes undone; no prototype. */
  parameters: Record<string, string>;
}

/** A challenge that breaks the grammar. */
export interface MalformedChallenge {
  /** As the server spelled it; "" where the fault stands before any scheme. */
  scheme: string;
  /** What is malformed: the message for an {@link AuthError}. */
  error: string;
}

/**
 * Reads every challenge of one or several header lines.
 *
 * Beyond the grammar it takes HTAB for SP, a comma right behind a scheme (`Basic, realm=x`), and unquoted values with
 * characters that no token has (`nonce=ab/c==`).
 * @throws {AuthError} that says what is malformed: a quote that is not closed, a parameter given twice or without
 * value, stray text, a character that no field value has, a parameter before any scheme.
 */
export function parseChallenges(text: string | readonly string[] | null | undefined): Challenge[] {
  return readChallenges(text ?? []).map((challenge) => {
    if ("error" in challenge) throw new AuthError(challenge.error);
    return challenge;
  });
}

/** As {@link parseChallenges}, but gives malformed challenges beside the good ones. Throws nothing. */
export function readChallenges(text: string | readonly string[]): (Challenge | MalformedChallenge)[] {
  const drafts: Draft[] = [];
  for (const line of typeof text === "string" ? [text] : text) readLine({ text: line, at: 0 }, drafts);
  return drafts.map(({ scheme, token68, parameters, fault }) => {
    if (fault !== undefined) return { scheme, error: `Cannot read challenge ${name(scheme)}: ${fault}` };
    return token68 === undefined ? { scheme, parameters } : { scheme, token68, parameters };
  });
}

/**
 * Reads parameters without a scheme: `#auth-param` of `Authentication-Info` (RFC 9110 section 11.6.3). Names in lower
 * case, no prototype.
 * @throws {AuthError} that says what is malformed, as {@link parseChallenges} does.
 */
export function parseParameters(text: string): Record<string, string> {
  const draft = begin("");
  const cursor: Cursor = { text, at: 0 };
  while (nextElement(cursor)) {
    if (!readParameter(cursor, draft)) draft.fault ??= `stray text ${rest(cursor)}`;
    endElement(cursor, draft);
  }
  if (draft.fault !== undefined) throw new AuthError(`Cannot read authentication parameters: ${draft.fault}`);
  return draft.parameters;
}

interface Draft {
  readonly scheme: string;
  readonly parameters: Record<string, string>;
  token68: string | undefined;
  /** What is malformed; the first fault stands. */
  fault: string | undefined;
}

// A token68 ends at a comma or the end, which tells "NTLM abc=" from "Digest abc=x".
const TOKEN68 = /[\w.~+/-]+=*(?=[ \t]*(?:,|$))/y;
// token, and the characters beside it that servers leave unquoted all the same; "=" not at the beginning.
const UNQUOTED = /[!#-+\--<>-~][!#-+\--~]*/y;

function begin(scheme: string): Draft {
  return { scheme, parameters: Object.create(null), token68: undefined, fault: undefined };
}

function readLine(cursor: Cursor, drafts: Draft[]): void {
  const before = drafts.length;
  while (nextElement(cursor)) {
    const start = cursor.at;
    const scheme = scanToken(cursor);
    const blanks = skipBlanks(cursor);
    const parameter = scheme !== "" && cursor.text[cursor.at] === "=";
    if (scheme && !parameter && (blanks || elementEnds(cursor))) {
      const draft = begin(scheme);
      drafts.push(draft);
      const token68 = scan(cursor, TOKEN68);
      if (token68) draft.token68 = token68;
      else if (!elementEnds(cursor) && !readParameter(cursor, draft))
        draft.fault = `stray text ${rest(cursor)}`;
    } else {
      cursor.at = start;
      // A well-formed parameter may continue the line before; anything else stays a matter of this line.
      if (drafts.length === (parameter ? 0 : before)) {
        const draft = begin(parameter ? "" : scheme);
        if (parameter) draft.fault = `parameter ${name(scheme)} stands before any scheme`;
        drafts.push(draft);
      }
      const draft = drafts.at(-1) as Draft;
      if (!parameter || !readParameter(cursor, draft)) draft.fault ??= `stray text ${rest(cursor)}`;
    }
    endElement(cursor, drafts.at(-1) as Draft);
  }
}

/** Reads one auth-param into the challenge. False, and nothing read, when there is none here. */
function readParameter(cursor: Cursor, draft: Draft): boolean {
  const start = cursor.at;
  const parameter = scanToken(cursor);
  skipBlanks(cursor);
  if (!parameter || !accept(cursor, "=")) {
    cursor.at = start;
    return false;
  }
  skipBlanks(cursor);
  const quoted = cursor.text[cursor.at] === '"';
  const value = quoted ? scanQuoted(cursor) : scan(cursor, UNQUOTED);
  const key = parameter.toLowerCase();
  if (value === undefined) draft.fault ??= `quote of parameter ${name(parameter)} is not closed`;
  else if (!quoted && value === "") draft.fault ??= `parameter ${name(parameter)} has no value`;
  else if (!isFieldValue(value))
    draft.fault ??= `parameter ${name(parameter)} holds a character that is not allowed`;
  else if (draft.token68 !== undefined) draft.fault ??= mixed(draft.token68);
  else if (key in draft.parameters) draft.fault ??= `parameter ${name(parameter)} is given twice`;
  else draft.parameters[key] = value;
  return true;
}

// "Digest realm=, nonce=x" has the form of a token68 first; what is wrong is the missing value.
function mixed(token68: string): string {
  return /^[^=]+=$/.test(token68)
    ? `parameter ${name(token68.slice(0, -1))} has no value`
    : `parameters beside the value ${name(token68)}`;
}

function nextElement(cursor: Cursor): boolean {
  scan(cursor, /[, \t]+/y);
  return !atEnd(cursor);
}

function elementEnds(cursor: Cursor): boolean {
  return atEnd(cursor) || cursor.text[cursor.at] === ",";
}

function endElement(cursor: Cursor, draft: Draft): void {
  skipBlanks(cursor);
  if (elementEnds(cursor)) return;
  draft.fault ??= `stray text ${rest(cursor)}`;
  skipMember(cursor);
}

// The server's words are shown short: with all of them escaped a message stays below 200 characters.
function name(text: string): string {
  return show(text.slice(0, 40));
}

function rest(cursor: Cursor): string {
  return show(/^.[^,]*/s.exec(cursor.text.slice(cursor.at, cursor.at + 12))?.[0] ?? "");
}
