/**
 * What public objects share: a dump shows their `toString()`, which holds no secret, and `await using` calls their
 * `close()`. The symbols for that are looked up at run time, since no declaration can name them on every runtime.
 */

class Plain {}

abstract class Closing {
  declare readonly [Symbol.asyncDispose]: () => Promise<void>;
  abstract close(): Promise<void>;
}

function makeShown<T extends abstract new () => object>(Base: T): T {
  abstract class Shown extends (Base as abstract new () => object) {}
  Object.defineProperty(Shown.prototype, Symbol.for("nodejs.util.inspect.custom"), {
    value(this: object) {
      const { name } = this.constructor;
      const text = String(this);
      return text.startsWith(name) ? text : `${name} ${text}`;
    },
  });
  return Shown as unknown as T;
}

function makeClosable(): typeof Closing {
  const Closable = makeShown(Closing);
  // WebKit has no such symbol; code that was made for it looks for this name instead.
  Object.defineProperty(Closable.prototype, Symbol.asyncDispose ?? Symbol.for("Symbol.asyncDispose"), {
    value(this: Closing) {
      return this.close();
    },
  });
  return Closable;
}

/** The base of what can be shown. */
export const Shown: typeof Plain = /* @__PURE__ */ makeShown(Plain);

/** The base of what can be shown and closed. */
export const Closable: typeof Closing = /* @__PURE__ */ makeClosable();
