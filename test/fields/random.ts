/** Chance with a fixed seed, for families of generated inputs (xorshift32). The same numbers on every run. */
export function random(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}

/** Texts of up to `length` pieces, each picked from `pieces`. */
export function texts(seed: number, count: number, pieces: readonly string[], length: number): string[] {
  const next = random(seed);
  return Array.from({ length: count }, () =>
    Array.from({ length: next(length + 1) }, () => pieces[next(pieces.length)] as string).join(""),
  );
}

/** Long inputs that make a careless parser quadratic: each is one piece repeated, opened or closed in odd ways. */
export const HOSTILE: readonly string[] = [
  " ",
  "\t",
  ",",
  ", ",
  ";",
  "=",
  '"',
  "\\",
  '\\"',
  '""',
  '="',
  '= "',
  "a",
  "a ",
  "a=",
  "a,",
  'a="',
  'a="\\',
  'a=",',
  "<",
  "<a",
  "<a>",
  "<,",
  "'",
  "%",
  "%4",
  "\u00ff",
  "\u0000",
  "\ud800",
  "a: b\r\n",
  "\r\n ",
].flatMap((piece) => {
  const long = piece.repeat(Math.ceil(65_536 / piece.length));
  return [long, `a/b;c="${long}`, `a b="${long}"`, `<a>; rel=${long}x`, `x${long}y`, `${long},a=b`];
});

/** Pieces that lists, parameters and quotes are made of, for texts without sense. */
export const PIECES: readonly string[] = [
  "a",
  "Basic",
  "Digest",
  "realm",
  "max-age",
  "no-cache",
  "private",
  "rel",
  "url",
  "filename*",
  "title*",
  "utf-8''",
  "%41",
  "%",
  "text/html",
  "charset",
  "__proto__",
  "constructor",
  "1",
  "0x1",
  "=",
  '"',
  "\\",
  ",",
  ";",
  " ",
  "\t",
  "<",
  ">",
  "'",
  "/",
  ":",
  "-",
  "\r\n",
  "\u0000",
  "é",
  "\u0100",
  "\ud800",
];
