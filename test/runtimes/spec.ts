/** One spec for every runtime. Takes the test library as an argument, so that any runner can run it. */
import type { Kit } from "./kit.ts";
import { aborts } from "./spec/aborts.ts";
import { auth } from "./spec/auth.ts";
import { bodies } from "./spec/bodies.ts";
import { clients } from "./spec/clients.ts";
import { codings } from "./spec/codings.ts";
import { cookies } from "./spec/cookies.ts";
import { digest } from "./spec/digest.ts";
import { errors } from "./spec/errors.ts";
import { redirects } from "./spec/redirects.ts";
import { requests } from "./spec/requests.ts";
import { responses } from "./spec/responses.ts";
import { streams } from "./spec/streams.ts";
import { uploads } from "./spec/uploads.ts";

export type { Kit, Runtime, RuntimeName } from "./kit.ts";

export function spec(kit: Kit): void {
  for (const part of [
    requests,
    responses,
    codings,
    bodies,
    uploads,
    streams,
    errors,
    aborts,
    auth,
    digest,
    redirects,
    cookies,
    clients,
  ])
    part(kit);
}
