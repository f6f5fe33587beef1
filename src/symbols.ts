/** `Symbol.asyncDispose` where the runtime has it (WebKit does not), else the symbol that down-levelled code looks for. */
export const asyncDispose: typeof Symbol.asyncDispose =
  Symbol.asyncDispose ?? (Symbol.for("Symbol.asyncDispose") as typeof Symbol.asyncDispose);
