import { expect, test } from "vitest";
import { parseCacheControl } from "../../src/fields/cache-control.ts";
import { parseContentDisposition } from "../../src/fields/content-disposition.ts";
import { parseContentType } from "../../src/fields/content-type.ts";
import { parseHTTPDate } from "../../src/fields/date.ts";
import { parseLink } from "../../src/fields/link.ts";
import { parseRetryAfter } from "../../src/fields/retry-after.ts";
import { parseChallenges } from "../../src/fields/www-authenticate.ts";
import { Headers, parseHeaders } from "../../src/headers.ts";

test("a field that a message does not have is read as an empty one", () => {
  const none = new Headers().get("x-none");
  for (const missing of [none, undefined, ""]) {
    expect([parseHTTPDate(missing), parseContentType(missing), parseContentDisposition(missing)]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
    expect(parseRetryAfter(missing)).toBeUndefined();
    expect([parseLink(missing), parseChallenges(missing), { ...parseCacheControl(missing) }]).toEqual([
      [],
      [],
      {},
    ]);
    expect(parseHeaders(missing).raw).toEqual([]);
  }
});
