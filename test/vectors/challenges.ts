/** What is expected of one challenge; `error` is the end of the message. */
export type ExpectedChallenge =
  | { scheme: string; token68?: string; parameters: Record<string, string> }
  | { scheme: string; error: string };

export type ChallengeVector = readonly [input: string, expected: readonly ExpectedChallenge[]];

const basic = (realm: string) => ({ scheme: "Basic", parameters: { realm } });

/**
 * Test cases for WWW-Authenticate by Julian Reschke, http://test.greenbytes.de/tech/tc/httpauth/. What only the rules of
 * one scheme forbid (a Basic realm that is a token, none at all) is well-formed here.
 */
export const GREENBYTES: readonly ChallengeVector[] = [
  ['Basic realm="foo"', [basic("foo")]],
  ['BASIC REALM="foo"', [{ scheme: "BASIC", parameters: { realm: "foo" } }]],
  ["Basic realm=foo", [basic("foo")]],
  ["Basic realm='foo'", [basic("'foo'")]],
  ['Basic realm="foo%20bar"', [basic("foo%20bar")]],
  ['Basic , realm="foo"', [basic("foo")]],
  ["Basic", [{ scheme: "Basic", parameters: {} }]],
  ['Basic realm="foo", realm="bar"', [{ scheme: "Basic", error: 'parameter "realm" is given twice' }]],
  ['Basic realm = "foo"', [basic("foo")]],
  ['Basic realm="\\f\\o\\o"', [basic("foo")]],
  ['Basic realm="\\"foo\\""', [basic('"foo"')]],
  ['Basic realm="foo", bar="xyz",, a=b,,,c=d', [{ scheme: "Basic", parameters: { realm: "foo", bar: "xyz", a: "b", c: "d" } }]],
  ['Basic bar="xyz", realm="foo"', [{ scheme: "Basic", parameters: { bar: "xyz", realm: "foo" } }]],
  ['Basic realm="foo-\u00e4"', [basic("foo-\u00e4")]],
  ['Basic realm="foo-\u00c3\u00a4"', [basic("foo-\u00c3\u00a4")]],
  ['Basic realm="=?ISO-8859-1?Q?foo-=E4?="', [basic("=?ISO-8859-1?Q?foo-=E4?=")]],
  ['Basic realm="basic", Newauth realm="newauth"', [basic("basic"), { scheme: "Newauth", parameters: { realm: "newauth" } }]],
  ['Newauth realm="newauth", Basic realm="basic"', [{ scheme: "Newauth", parameters: { realm: "newauth" } }, basic("basic")]],
  [',Basic realm="basic"', [basic("basic")]],
  [
    'Newauth realm="apps", type=1, title="Login to \\"apps\\"", Basic realm="simple" ',
    [{ scheme: "Newauth", parameters: { realm: "apps", type: "1", title: 'Login to "apps"' } }, basic("simple")],
  ],
  [
    'Newauth realm="Newauth Realm", basic=foo, Basic realm="Basic Realm" ',
    [{ scheme: "Newauth", parameters: { realm: "Newauth Realm", basic: "foo" } }, basic("Basic Realm")],
  ],
  ['Basic foo="realm=nottherealm", realm="basic"', [{ scheme: "Basic", parameters: { foo: "realm=nottherealm", realm: "basic" } }]],
  ['Basic nottherealm="nottherealm", realm="basic"', [{ scheme: "Basic", parameters: { nottherealm: "nottherealm", realm: "basic" } }]],
  ['Basic realm="basic', [{ scheme: "Basic", error: 'quote of parameter "realm" is not closed' }]],
];

const NONCE = "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v";
const OPAQUE = "FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS";
const digest = (algorithm: string) => ({
  scheme: "Digest",
  parameters: { realm: "http-auth@example.org", qop: "auth, auth-int", algorithm, nonce: NONCE, opaque: OPAQUE },
});
const digestLine = (algorithm: string) =>
  `Digest realm="http-auth@example.org", qop="auth, auth-int", algorithm=${algorithm}, nonce="${NONCE}", opaque="${OPAQUE}"`;

/** RFC 9110 sections 11.2 and 11.6.1, RFC 7617 section 2, RFC 7616 section 3.9, RFC 6750 section 3, RFC 4559, RFC 2617. */
export const RFCS: readonly ChallengeVector[] = [
  [
    'Basic realm="simple", Newauth realm="apps", type=1, title="Login to \\"apps\\""',
    [basic("simple"), { scheme: "Newauth", parameters: { realm: "apps", type: "1", title: 'Login to "apps"' } }],
  ],
  ['Basic realm="WallyWorld"', [basic("WallyWorld")]],
  ['Basic realm="foo", charset="UTF-8"', [{ scheme: "Basic", parameters: { realm: "foo", charset: "UTF-8" } }]],
  [digestLine("SHA-256"), [digest("SHA-256")]],
  [`${digestLine("SHA-256")}, ${digestLine("MD5")}`, [digest("SHA-256"), digest("MD5")]],
  [`${digestLine("SHA-256")}, ${digestLine("MD5")}, Basic realm="a, b"`, [digest("SHA-256"), digest("MD5"), basic("a, b")]],
  [`Basic realm="a, b",${digestLine("SHA-256")}`, [basic("a, b"), digest("SHA-256")]],
  [
    'Bearer realm="example", error="invalid_token", error_description="The access token expired"',
    [{ scheme: "Bearer", parameters: { realm: "example", error: "invalid_token", error_description: "The access token expired" } }],
  ],
  ["Negotiate", [{ scheme: "Negotiate", parameters: {} }]],
  ["Negotiate, NTLM", [{ scheme: "Negotiate", parameters: {} }, { scheme: "NTLM", parameters: {} }]],
  ["Negotiate a87421000492aa874209af8bc028", [{ scheme: "Negotiate", token68: "a87421000492aa874209af8bc028", parameters: {} }]],
  [
    'NTLM TlRMTVNTUAAB+/-._~A==, Basic realm="x"',
    [{ scheme: "NTLM", token68: "TlRMTVNTUAAB+/-._~A==", parameters: {} }, basic("x")],
  ],
  ["Foo a=, Bar b== , Baz c", [
    { scheme: "Foo", token68: "a=", parameters: {} },
    { scheme: "Bar", token68: "b==", parameters: {} },
    { scheme: "Baz", token68: "c", parameters: {} },
  ]],
];

/** What else stands on the wire, and what must not be believed. */
export const OTHERS: readonly ChallengeVector[] = [
  ["", []],
  [" , ,\t, ", []],
  ['Digest domain="", nonce="", opaque=""', [{ scheme: "Digest", parameters: { domain: "", nonce: "", opaque: "" } }]],
  ['Digest\trealm\t=\t"x"\t,\tnonce=y', [{ scheme: "Digest", parameters: { realm: "x", nonce: "y" } }]],
  // Not a token, and unquoted all the same.
  ["Digest realm=a/b, nonce=ab/c==", [{ scheme: "Digest", parameters: { realm: "a/b", nonce: "ab/c==" } }]],
  ["Bearer authorization_uri=https://login.example/x?y=z", [
    { scheme: "Bearer", parameters: { authorization_uri: "https://login.example/x?y=z" } },
  ]],
  // Invalid for want of the blank after the scheme, and plain all the same.
  ['Basic, realm="foo"', [basic("foo")]],
  ['Digest __proto__="a", constructor=b', [{ scheme: "Digest", parameters: { ["__proto__"]: "a", constructor: "b" } }]],

  // An unclosed quote hides all the rest.
  [
    'Basic realm="a", Digest realm="b, nonce=c, Basic realm=d',
    [basic("a"), { scheme: "Digest", error: 'quote of parameter "realm" is not closed' }],
  ],
  ['Digest realm="a\\"', [{ scheme: "Digest", error: 'quote of parameter "realm" is not closed' }]],
  ['Digest realm="', [{ scheme: "Digest", error: 'quote of parameter "realm" is not closed' }]],
  ['Digest realm="\\', [{ scheme: "Digest", error: 'quote of parameter "realm" is not closed' }]],
  // A quote closed by the next one's opening.
  ['Digest realm="a, Digest realm="b", nonce="c"', [{ scheme: "Digest", error: 'stray text "b\\""' }]],

  // One bad, others good.
  [
    'Digest realm="a", realm="b", nonce="c", Digest realm="d", nonce="e"',
    [
      { scheme: "Digest", error: 'parameter "realm" is given twice' },
      { scheme: "Digest", parameters: { realm: "d", nonce: "e" } },
    ],
  ],
  [
    'Digest realm="a" nonce="b", Basic realm="c"',
    [{ scheme: "Digest", error: 'stray text "nonce=\\"b\\""' }, basic("c")],
  ],
  ['Digest realm="a"b, Basic realm="c"', [{ scheme: "Digest", error: 'stray text "b"' }, basic("c")]],
  // The comma within the stray quotes ends nothing.
  ['Digest @"a, Basic realm=b", Basic realm="c"', [{ scheme: "Digest", error: 'stray text "@\\"a"' }, basic("c")]],
  ['Digest realm="a", q@p="auth", Basic realm="c"', [{ scheme: "Digest", error: 'stray text "q@p=\\"auth\\""' }, basic("c")]],
  ['Digest realm="a", "b", Basic realm="c"', [{ scheme: "Digest", error: 'stray text "\\"b\\""' }, basic("c")]],
  ['Digest realm="a", =b, Basic realm="c"', [{ scheme: "Digest", error: 'stray text "=b"' }, basic("c")]],
  ['Digest:realm="a", Basic realm="c"', [{ scheme: "Digest", error: 'stray text "Digest:realm"' }, basic("c")]],
  ['Negotiate a b, Basic realm="c"', [{ scheme: "Negotiate", error: 'stray text "a b"' }, basic("c")]],
  ['Digest "a", Basic realm="c"', [{ scheme: "Digest", error: 'stray text "\\"a\\""' }, basic("c")]],
  // What comes first stands, and later parameters of a bad challenge go with it.
  ['Digest realm=@", nonce=x, nonce=y', [{ scheme: "Digest", error: 'stray text "\\""' }]],

  ["Digest realm=, nonce=x", [{ scheme: "Digest", error: 'parameter "realm" has no value' }]],
  ["Digest nonce=x, realm=", [{ scheme: "Digest", error: 'parameter "realm" has no value' }]],
  ["Digest nonce=x, realm= , a=b", [{ scheme: "Digest", error: 'parameter "realm" has no value' }]],
  ["Digest nonce = ", [{ scheme: "Digest", error: 'parameter "nonce" has no value' }]],
  ["Digest nonce==x", [{ scheme: "Digest", error: 'parameter "nonce" has no value' }]],
  ["NTLM abc==, realm=x", [{ scheme: "NTLM", error: 'parameters beside the value "abc=="' }]],
  ["NTLM abc, realm=x", [{ scheme: "NTLM", error: 'parameters beside the value "abc"' }]],
  ['realm="x", Basic realm="c"', [{ scheme: "", error: 'parameter "realm" stands before any scheme' }, basic("c")]],
  ['="x", Basic realm="c"', [{ scheme: "", error: 'stray text "=\\"x\\""' }, basic("c")]],
  ['@, Basic realm="c"', [{ scheme: "", error: 'stray text "@"' }, basic("c")]],
  ['Digest realm="a\u0000b", Basic realm="c"', [{ scheme: "Digest", error: 'parameter "realm" holds a character that is not allowed' }, basic("c")]],
  ['Digest realm="a\r\nX: y"', [{ scheme: "Digest", error: 'parameter "realm" holds a character that is not allowed' }]],
  ['Digest realm="a\\\nb"', [{ scheme: "Digest", error: 'parameter "realm" holds a character that is not allowed' }]],
  ['Digest realm="\u0100"', [{ scheme: "Digest", error: 'parameter "realm" holds a character that is not allowed' }]],
  ["Digest realm=\u00e4", [{ scheme: "Digest", error: 'parameter "realm" has no value' }]],
  ["\u00e4", [{ scheme: "", error: 'stray text "\u00e4"' }]],
];
