/** One exchange of the Digest scheme: a challenge, who answers it, and what the answer must hold. */
export interface DigestVector {
  readonly name: string;
  readonly username: string;
  readonly password: string;
  readonly method: string;
  readonly url: string;
  readonly challenge: string;
  readonly cnonce: string;
  /** Parameters of the answer, unquoted. */
  readonly answer: Readonly<Record<string, string>>;
}

const NONCE_1 = "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v";
const OPAQUE_1 = "FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS";
const CNONCE_1 = "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ";

const section391 = (algorithm: string, response: string): DigestVector => ({
  name: `section 3.9.1 with ${algorithm}`,
  username: "Mufasa",
  password: "Circle of Life",
  method: "GET",
  url: "http://www.example.org/dir/index.html",
  challenge: `Digest realm="http-auth@example.org", qop="auth, auth-int", algorithm=${algorithm}, nonce="${NONCE_1}", opaque="${OPAQUE_1}"`,
  cnonce: CNONCE_1,
  answer: {
    username: "Mufasa",
    realm: "http-auth@example.org",
    uri: "/dir/index.html",
    algorithm,
    nonce: NONCE_1,
    nc: "00000001",
    cnonce: CNONCE_1,
    qop: "auth",
    response,
    opaque: OPAQUE_1,
  },
});

const NONCE_2 = "5TsQWLVdgBdmrQ0XsxbDODV+57QdFR34I9HAbC/RVvkK";
const OPAQUE_2 = "HRPCssKJSGjCrkzDg8OhwpzCiGPChXYjwrI2QmXDnsOS";
const CNONCE_2 = "NTg6RKcb9boFIAS3KrFK9BGeh+iDa/sm6jUMp2wds69v";

/**
 * Section 3.9.2, with and without userhash. The RFC prints SHA-512 cut to 256 bits in place of SHA-512/256
 * (erratum 4897): response ae66e67d..., user name 48869477... The values here are those of the erratum, and those that
 * lighttpd accepts.
 */
const section392 = (userhash: boolean): DigestVector => ({
  name: `section 3.9.2 ${userhash ? "with" : "without"} userhash, as erratum 4897 corrects it`,
  username: "J\u00e4s\u00f8n Doe",
  password: "Secret, or not?",
  method: "GET",
  url: "http://api.example.org/doe.json",
  challenge: `Digest realm="api@example.org", qop="auth", algorithm=SHA-512-256, nonce="${NONCE_2}", opaque="${OPAQUE_2}", charset=UTF-8, userhash=${userhash}`,
  cnonce: CNONCE_2,
  answer: {
    ...(userhash
      ? { username: "793263caabb707a56211940d90411ea4a575adeccb7e360aeb624ed06ece9b0b", userhash: "true" }
      : { "username*": "UTF-8''J%C3%A4s%C3%B8n%20Doe" }),
    realm: "api@example.org",
    uri: "/doe.json",
    algorithm: "SHA-512-256",
    nonce: NONCE_2,
    nc: "00000001",
    cnonce: CNONCE_2,
    qop: "auth",
    response: "3798d4131c277846293534c3edc11bd8a5e4cdcbff78b05db9d95eeb1cec68a5",
    opaque: OPAQUE_2,
  },
});

/** RFC 7616 section 3.9. */
export const RFC7616: readonly DigestVector[] = [
  section391("MD5", "8ca523f5e9506fed4657c9700eebdbec"),
  section391("SHA-256", "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"),
  section392(true),
  section392(false),
];
