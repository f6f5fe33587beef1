/** User name, password, and the `Authorization` value. */
export type BasicVector = readonly [username: string, password: string, credentials: string];

/** RFC 7617 sections 2 and 2.1. */
export const RFC7617: readonly BasicVector[] = [
  ["Aladdin", "open sesame", "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=="],
  ["test", "123\u00a3", "Basic dGVzdDoxMjPCow=="],
];
