/** What a file holds: machine (null for default), login, account, password; undefined where the file says nothing. */
export type ExpectedEntry = readonly [
  machine: string | null,
  login: string | undefined,
  account: string | undefined,
  password: string | undefined,
];

export type NetrcVector = readonly [name: string, text: string, expected: readonly ExpectedEntry[]];

const full = (login: string, account: string, password: string): readonly ExpectedEntry[] => [
  ["host.domain.com", login, account, password],
];

/** After CPython's Lib/test/test_netrc.py; CPython 3.11 reads each as expected here, with "" where a file says nothing. */
export const CPYTHON: readonly NetrcVector[] = [
  ["one line", "machine host.domain.com login log1 password pass1 account acct1\n", full("log1", "acct1", "pass1")],
  [
    "tokens over several lines, indented",
    "machine host.domain.com\n  login\n  log1\n\tpassword pass1\n account acct1\n",
    full("log1", "acct1", "pass1"),
  ],
  ["tokens in another order", "machine host.domain.com account acct1 password pass1 login log1\n", full("log1", "acct1", "pass1")],
  ["user in place of login", "machine host.domain.com user log1 password pass1 account acct1", full("log1", "acct1", "pass1")],
  ["no final line end", "machine host.domain.com login log1 password pass1 account acct1", full("log1", "acct1", "pass1")],
  ["a machine alone", "machine host.domain.com\n", [["host.domain.com", undefined, undefined, undefined]]],
  ["optional tokens", "machine host.domain.com password pass1\n", [["host.domain.com", undefined, undefined, "pass1"]]],
  [
    "several machines and default",
    "machine a.com login l1 password p1\nmachine b.com login l2 password p2\ndefault login l3 password p3\n",
    [
      ["a.com", "l1", undefined, "p1"],
      ["b.com", "l2", undefined, "p2"],
      [null, "l3", undefined, "p3"],
    ],
  ],
  ["quoted values", 'machine host.domain.com login "log in" password "pass word" account "acct"', full("log in", "acct", "pass word")],
  ["an empty quoted value", 'machine host.domain.com login "" password "" account acct', full("", "acct", "")],
  ["an escaped quote inside quotes", 'machine host.domain.com login "\\"log" password "pa\\\\ss" account acct', full('"log', "acct", "pa\\ss")],
  ["an escaped quote at the beginning of a word", 'machine host.domain.com login \\"log password \\"pass account acct', full('"log', "acct", '"pass')],
  ["an escaped blank", "machine host.domain.com login log\\ in password pass account acct", full("log in", "acct", "pass")],
  ["a quote in the middle of a word", 'machine host.domain.com login log"in password pa"ss" account acct', full('log"in', "acct", 'pa"ss"')],
  ["values with #", "machine host.domain.com login #log password #pass account #acct # comment", full("#log", "#acct", "#pass")],
  ["values with # inside", "machine host.domain.com login lo#g password pa#ss account acct#", full("lo#g", "acct#", "pa#ss")],
  ["values beyond ASCII", "machine host.domain.com login \u00a1\u00a2 password p\u00e4ss\u{1f511} account \u2603", full("\u00a1\u00a2", "\u2603", "p\u00e4ss\u{1f511}")],
  [
    "a comment before a machine",
    "# comment\nmachine host.domain.com login log password pass account acct\n",
    full("log", "acct", "pass"),
  ],
  ["a comment of # alone", "#\nmachine host.domain.com login log password pass account acct\n", full("log", "acct", "pass")],
  [
    "a comment behind an entry",
    "machine host.domain.com login log password pass account acct # machine evil.com\nmachine b.com\n",
    [...full("log", "acct", "pass"), ["b.com", undefined, undefined, undefined]],
  ],
  [
    "a comment between the tokens of an entry",
    "machine host.domain.com login log\n# password wrong\npassword pass account acct\n",
    full("log", "acct", "pass"),
  ],
  [
    "macros",
    "machine host.domain.com login log1 password pass1 account acct1\n\nmacdef macro1\n  line1\n  line2\n\nmacdef macro2\n  line3\n  login line4\n\ndefault login log2 password pass2\n",
    [...full("log1", "acct1", "pass1"), [null, "log2", undefined, "pass2"]],
  ],
];

/** After https://everything.curl.dev/usingcurl/netrc and the files of CVE-2024-11053 and CVE-2025-0167. */
export const CURL: readonly NetrcVector[] = [
  // CPython takes "here" for a keyword.
  ["a comment without a blank", "#comment here\nmachine host.domain.com login log password pass account acct\n", full("log", "acct", "pass")],
  ["CR LF line ends", "machine host.domain.com\r\nlogin log\r\npassword pass\r\naccount acct\r\n", full("log", "acct", "pass")],
  ["a byte order mark", "\ufeffmachine host.domain.com login log password pass account acct", full("log", "acct", "pass")],
  [
    "two accounts of one host",
    "machine host.com login alice password one\nmachine host.com login bob password two\n",
    [
      ["host.com", "alice", undefined, "one"],
      ["host.com", "bob", undefined, "two"],
    ],
  ],
  [
    "an entry without a password before default",
    "machine a.com\n  login alice\n  password alicespassword\n\ndefault\n  login bob\n",
    [
      ["a.com", "alice", undefined, "alicespassword"],
      [null, "bob", undefined, undefined],
    ],
  ],
  ["a bare default", "machine a.com login a password p\ndefault\n", [
    ["a.com", "a", undefined, "p"],
    [null, undefined, undefined, undefined],
  ]],
  ["a macro whose blank line holds blanks", "macdef init\nls\n \t\r\nmachine a.com password p\n", [["a.com", undefined, undefined, "p"]]],
  ["keywords as values", "machine machine login password password login", [["machine", "password", undefined, "login"]]],
  ["a machine named default", "machine default password p", [["default", undefined, undefined, "p"]]],
  ["a token given twice", "machine a.com login one login two password p", [["a.com", "two", undefined, "p"]]],
  ["blank lines and tabs between entries", "\n\n\tmachine\ta.com\tlogin\ta\n\n\npassword\tp\n", [["a.com", "a", undefined, "p"]]],
  ["nothing", "", []],
  ["blank lines alone", " \r\n\t\n", []],
];

/** Text, and the end of the message. */
export type MalformedNetrc = readonly [text: string, error: string];

export const MALFORMED: readonly MalformedNetrc[] = [
  ["login a password b", "line 1: login stands before any machine or default"],
  ["machine a.com login a passwd hunter2", "line 1: expected machine, default, login, password, account or macdef"],
  ["machine a.com\nlogin a\nhunter2", "line 3: expected machine, default, login, password, account or macdef"],
  ["machine", "line 1: machine has no value"],
  ["machine a.com\npassword\n# p\n", "line 3: expected machine, default, login, password, account or macdef"],
  ["machine a.com\npassword\n\n", "line 2: password has no value"],
  ['machine ""', "line 1: machine has an empty name"],
  ['machine a.com\nlogin "alice\npassword "p"', "line 2: a quote is not closed on its line"],
  ['machine a.com "login" alice', "line 1: expected machine, default, login, password, account or macdef"],
  ['machine a.com password "a"b', "line 1: expected machine, default, login, password, account or macdef"],
  ["machine a.com password p\\", "line 1: a backslash stands at the end of the line"],
  ["machine a.com password a\0b", "line 1: a control character stands in a word"],
  ['machine a.com password "a\\nb"', "line 1: a control character stands in a word"],
  ["machine a.com password \x7f", "line 1: a control character stands in a word"],
  ["\nmacdef init\nls\n", "line 2: the macro is not ended by a blank line"],
  ["macdef", "line 1: macdef has no value"],
  ["machine a.com\nmacdef init\nls\n\nlogin a", "line 5: login stands before any machine or default"],
  [`machine a.com password ${"p".repeat(4097)}`, "line 1: a word is longer than 4096 characters"],
  [`\n${" ".repeat(16_385)}`, "line 2: the line is longer than 16384 characters"],
  ["\n".repeat(131_073), "line 1: the file is longer than 131072 characters"],
];
