// The package ships types for its main entry only, which imports Node's crypto under Node (docs/decisions/001-md5.md).
declare module "js-md5/build/md5-lite.mjs" {
  const md5: (message: Uint8Array) => string;
  export default md5;
}
