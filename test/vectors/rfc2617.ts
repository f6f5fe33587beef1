import type { DigestVector } from "./rfc7616.ts";

const NONCE = "dcd98b7102dd2f0e8b11d0f600bfb0c093";
const OPAQUE = "5ccc069c403ebaf9f0171e9517f40e41";

const common = {
  username: "Mufasa",
  method: "GET",
  url: "http://www.nowhere.org/dir/index.html",
};

const answer = {
  username: "Mufasa",
  realm: "testrealm@host.com",
  nonce: NONCE,
  uri: "/dir/index.html",
  opaque: OPAQUE,
};

export const RFC2617: readonly DigestVector[] = [
  {
    ...common,
    name: "RFC 2617 section 3.5",
    password: "Circle Of Life",
    challenge: `Digest realm="testrealm@host.com", qop="auth,auth-int", nonce="${NONCE}", opaque="${OPAQUE}"`,
    cnonce: "0a4f113b",
    answer: {
      ...answer,
      qop: "auth",
      nc: "00000001",
      cnonce: "0a4f113b",
      response: "6629fae49393a05397450978507c4ef1",
    },
  },
  {
    // Printed as e966c932a9242554e42c8ee200cec7f6, which is the digest of nothing in the example: erratum 749.
    ...common,
    name: "RFC 2069 section 2.4, as erratum 749 corrects it",
    password: "CircleOfLife",
    challenge: `Digest realm="testrealm@host.com", nonce="${NONCE}", opaque="${OPAQUE}"`,
    cnonce: "unused",
    answer: { ...answer, response: "1949323746fe6a43ef61f9606e7febea" },
  },
];
