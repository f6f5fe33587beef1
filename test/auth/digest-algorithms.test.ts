import { createHash } from "node:crypto";
import SparkMD5 from "spark-md5";
import { expect, test } from "vitest";
import { findAlgorithm } from "../../src/auth/digest-algorithms.ts";

const encode = (text: string) => new TextEncoder().encode(text);

test.each([
  ["MD5", "900150983cd24fb0d6963f7d28e17f72"], // RFC 1321 section A.5
  ["SHA", "a9993e364706816aba3e25717850c26c9cd0d89d"], // FIPS 180-4, NIST example values
  ["SHA-256", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"],
  ["SHA-512-256", "53048e2681941ef99b2e29b76b4c7dabe4c2d0c634fc6d46e0e2f13107e7af23"],
])("findAlgorithm knows %s as its standard does", (name, digest) => {
  expect(findAlgorithm(name)?.hash(encode("abc"))).toBe(digest);
});

test.each([
  ["MD5", "md5"],
  ["SHA", "sha1"],
  ["SHA-256", "sha256"],
  ["SHA-512-256", "sha512-256"],
])(
  "findAlgorithm gives a hash for %s that node:crypto agrees with, around every block size",
  (name, other) => {
    const bytes = Uint8Array.from({ length: 300 }, (_, index) => (index * 37) % 256);
    for (let length = 0; length <= bytes.length; length++) {
      const part = bytes.subarray(0, length);
      expect(findAlgorithm(name)?.hash(part)).toBe(createHash(other).update(part).digest("hex"));
    }
  },
);

test("findAlgorithm gives an MD5 that spark-md5 agrees with, on text, bytes, parts of a buffer and a mebibyte", () => {
  const md5 = findAlgorithm("MD5")?.hash as (bytes: Uint8Array) => string;
  const spark = (bytes: Uint8Array) => SparkMD5.ArrayBuffer.hash(bytes.slice().buffer as ArrayBuffer);
  for (const text of ["", "a", "The quick brown fox", "J\u00e4s\u00f8n Doe:api@example.org:\u{1f511}"]) {
    expect(md5(encode(text))).toBe(SparkMD5.hash(text));
    expect(md5(encode(text))).toBe(spark(encode(text)));
  }
  const large = Uint8Array.from({ length: 1 << 20 }, (_, index) => (index * 131) >> 3);
  expect(md5(large)).toBe(spark(large));
  for (const start of [1, 3, 64, 65]) {
    const view = large.subarray(start, start + 127);
    expect(md5(view)).toBe(spark(view));
    expect(md5(Buffer.from(view.buffer, start, 127))).toBe(spark(view));
  }
});

test("findAlgorithm matches names without regard to case, and takes MD5 where there is none", () => {
  expect(findAlgorithm("sha-256-SESS")).toBe(findAlgorithm("SHA-256-sess"));
  expect(findAlgorithm(undefined)).toBe(findAlgorithm("MD5"));
});

test("findAlgorithm knows no other names, and none that every object has", () => {
  for (const name of ["", "SHA-512", "SHA256", "MD4", "MD5-", "toString", "__proto__", "constructor"]) {
    expect(findAlgorithm(name)).toBeUndefined();
  }
});

test("findAlgorithm ranks SHA-512-256 over SHA-256 over SHA over MD5", () => {
  const strength = (name: string) => findAlgorithm(name)?.strength ?? 0;
  expect(strength("SHA-512-256")).toBeGreaterThan(strength("SHA-256"));
  expect(strength("SHA-256")).toBeGreaterThan(strength("SHA"));
  expect(strength("SHA")).toBeGreaterThan(strength("MD5"));
  for (const name of ["MD5", "SHA", "SHA-256", "SHA-512-256"]) {
    expect(findAlgorithm(`${name}-sess`)).toEqual({ ...findAlgorithm(name), session: true });
  }
});
