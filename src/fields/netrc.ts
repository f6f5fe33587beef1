/** The grammar of netrc files: text in, entries out. Reads no file and picks no entry. */
import { AuthError } from "../errors.ts";
import { show } from "../redact.ts";

/** What a netrc file says about one machine. */
export interface NetrcEntry {
  /** The name as written; null for the `default` entry. */
  readonly machine: string | null;
  login: string | undefined;
  account: string | undefined;
  password: string | undefined;
  /** The line, counted from 1, on which the entry begins. */
  readonly line: number;
}

// curl's limits. Nobody writes such a file by hand; whoever made it did not mean a netrc.
const MAX_FILE = 128 * 1024;
const MAX_LINE = 16 * 1024;
const MAX_TOKEN = 4 * 1024;

interface Token {
  text: string;
  quoted: boolean;
  line: number;
}

/**
 * Every entry of a netrc file, in order.
 *
 * Strategy: line by line, since comments, macros and quotes end with theirs, while an entry may span several. The rules
 * are those of CPython's netrc module and of curl; where the two differ:
 * - A backslash takes the next character literally, outside of quotes too (CPython; curl keeps it there).
 * - Within quotes `\n`, `\r` and `\t` are control characters (curl), which no credential may hold.
 * - A quote that its line does not close is an error (curl; CPython reads on to the end of the file).
 * - A macro without a blank line after it is an error (CPython; curl reads it as ended), also at the end of the file:
 *   it would have swallowed the entries below it.
 * - `#` starts a comment wherever a keyword may stand; in the place of a value it is part of the value.
 * @throws {AuthError} with file and line, when the text is not a netrc file or goes beyond a limit.
 */
export function parseNetrc(text: string, file: string): NetrcEntry[] {
  const fail = (line: number, why: string): never => {
    throw new AuthError(`Cannot read netrc file ${show(file)}, line ${line}: ${why}`);
  };
  if (text.length > MAX_FILE) fail(1, `the file is longer than ${MAX_FILE} characters`);

  const entries: NetrcEntry[] = [];
  let entry: NetrcEntry | undefined;
  // A keyword whose value is still to come, perhaps on a later line.
  let keyword: Token | undefined;
  let macro: Token | undefined;

  const take = ({ text, line, quoted }: Token): void => {
    if (keyword) {
      const { text: key } = keyword;
      keyword = undefined;
      if (key === "machine") {
        if (!text) fail(line, "machine has an empty name");
        entry = begin(entries, text, line);
      } else if (key === "macdef") {
        macro = { text, line, quoted };
        entry = undefined;
      } else if (entry) {
        entry[KEYWORDS.get(key) as "login"] = text;
      }
    } else if (!quoted && text === "default") {
      entry = begin(entries, null, line);
    } else if (!quoted && (text === "machine" || text === "macdef")) {
      keyword = { text, line, quoted };
    } else if (!quoted && KEYWORDS.has(text)) {
      if (!entry) fail(line, `${text} stands before any machine or default`);
      keyword = { text, line, quoted };
    } else {
      // The word is not shown: next to a misspelt keyword it may well be a password.
      fail(line, "expected machine, default, login, password, account or macdef");
    }
  };

  let number = 0;
  for (const line of text.replace(/^\ufeff|\n$/g, "").split("\n")) {
    number++;
    if (line.length > MAX_LINE) fail(number, `the line is longer than ${MAX_LINE} characters`);
    if (macro) {
      if (!line.trim()) macro = undefined;
      continue;
    }
    let at = 0;
    while (!macro) {
      const token = readToken(line, at, keyword !== undefined);
      if (!token) break;
      if (typeof token === "string") return fail(number, token);
      at = token.end;
      take({ text: token.text, quoted: token.quoted, line: number });
    }
  }
  if (keyword) fail(keyword.line, `${keyword.text} has no value`);
  if (macro) fail(macro.line, "the macro is not ended by a blank line");
  return entries;
}

const KEYWORDS: ReadonlyMap<string, "login" | "account" | "password"> = /* @__PURE__ */ new Map([
  ["login", "login"],
  ["user", "login"],
  ["account", "account"],
  ["password", "password"],
]);

function begin(entries: NetrcEntry[], machine: string | null, line: number): NetrcEntry {
  const entry = { machine, login: undefined, account: undefined, password: undefined, line };
  entries.push(entry);
  return entry;
}

/** The next word of a line from `at` on; undefined at its end or at a comment; a string says what is wrong with it. */
function readToken(
  line: string,
  at: number,
  isValue: boolean,
): (Omit<Token, "line"> & { end: number }) | string | undefined {
  while (isBlank(line[at])) at++;
  if (at >= line.length || (!isValue && line[at] === "#")) return undefined;
  const quoted = line[at] === '"';
  if (quoted) at++;
  let text = "";
  for (; ; at++) {
    let char = line[at];
    if (char === undefined) {
      if (quoted) return "a quote is not closed on its line";
      break;
    }
    if (quoted ? char === '"' : isBlank(char)) break;
    if (char === "\\") {
      char = line[++at];
      if (char === undefined) return "a backslash stands at the end of the line";
      if (quoted) char = ESCAPES.get(char) ?? char;
    }
    if (char < " " || char === "\x7f") return "a control character stands in a word";
    text += char;
    if (text.length > MAX_TOKEN) return `a word is longer than ${MAX_TOKEN} characters`;
  }
  return { text, quoted, end: quoted ? at + 1 : at };
}

const ESCAPES: ReadonlyMap<string, string> = /* @__PURE__ */ new Map([
  ["n", "\n"],
  ["r", "\r"],
  ["t", "\t"],
]);

function isBlank(char: string | undefined): boolean {
  return char === " " || char === "\t" || char === "\r";
}
