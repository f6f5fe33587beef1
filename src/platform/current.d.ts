/** The platform that package.json picks for this runtime; every file beside this one offers one. */
declare module "#platform" {
  export const platform: import("./types.ts").Platform;
}
