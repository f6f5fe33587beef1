import { beforeEach, expect, test, vi } from "vitest";
import { NetRCAuth } from "../../src/auth/netrc.ts";
import { AuthError, UnsupportedError } from "../../src/errors.ts";
import { Request } from "../../src/request.ts";
import { Response } from "../../src/response.ts";
import { drive } from "./drive.ts";

const world = vi.hoisted(() => ({
  files: {} as Record<string, string | Error>,
  variables: {} as Record<string, string | undefined>,
  home: "/home/u" as string | undefined,
  reads: [] as string[],
  hasFiles: true,
}));

vi.mock("#platform", () => ({
  platform: {
    name: "a test",
    env: (name: string) => world.variables[name],
    homeDirectory: () => world.home,
    get readTextFile() {
      return world.hasFiles ? read : undefined;
    },
  },
}));

const missing = () => Object.assign(new Error("ENOENT: no such file"), { code: "ENOENT" });

function read(path: string): string {
  world.reads.push(path);
  const file = world.files[path] ?? missing();
  if (file instanceof Error) throw file;
  return file;
}

beforeEach(() => {
  Object.assign(world, { files: {}, variables: {}, home: "/home/u", reads: [], hasFiles: true });
});

/** The Authorization header that a request gets, decoded. */
async function credentials(auth: NetRCAuth, url: string, crossOrigin?: boolean): Promise<string | null> {
  const request = new Request("GET", url);
  if (crossOrigin) request.extensions.crossOrigin = true;
  const [leg] = await drive(auth, request, () => new Response());
  return leg?.authorization?.replace(/^Basic (.*)$/, (_, text: string) => atob(text)) ?? null;
}

const failure = (auth: NetRCAuth) =>
  credentials(auth, "http://a.example/").catch((thrown: unknown) => thrown);

test("NetRCAuth looks every host up by itself", () => {
  expect(new NetRCAuth("/f").scope).toBe("any");
});

test("NetRCAuth sends the entry of the host as Basic, whatever port and scheme", async () => {
  world.files["/f"] = "machine a.example login alice password one\nmachine b.example login bob password two";
  const auth = new NetRCAuth("/f");
  expect(await credentials(auth, "http://a.example/")).toBe("alice:one");
  expect(await credentials(auth, "https://A.EXAMPLE:8443/x")).toBe("alice:one");
  expect(await credentials(auth, "http://b.example/", true)).toBe("bob:two");
});

test.each([
  "http://sub.a.example/",
  "http://a.example.evil/",
  "http://a.example./",
  "http://xa.example/",
  "http://a.example@evil/",
  "http://a.example:@evil/",
])("NetRCAuth gives nothing to %s, which is another host", async (url) => {
  world.files["/f"] = "machine a.example login alice password one";
  expect(await credentials(new NetRCAuth("/f"), url)).toBeNull();
});

test.each([
  ["A.Example", "http://a.example/"],
  ["b\u00fccher.example", "http://xn--bcher-kva.example/"],
  ["127.0.0.1", "http://0x7f.1/"],
  ["::1", "http://[::1]:8080/"],
  ["[0:0::1]", "http://[::1]/"],
])("NetRCAuth knows %s in the spelling of %s", async (machine, url) => {
  world.files["/f"] = `machine ${machine} login alice password one`;
  expect(await credentials(new NetRCAuth("/f"), url)).toBe("alice:one");
});

test.each(["a.example:80", "a.example/x", "u@a.example", "[::1]:80", "http://a.example"])(
  "NetRCAuth takes a machine named %s for no host",
  async (machine) => {
    world.files["/f"] = `machine ${machine} login alice password one`;
    expect(await credentials(new NetRCAuth("/f"), "http://a.example/")).toBeNull();
    expect(await credentials(new NetRCAuth("/f"), "http://[::1]/")).toBeNull();
  },
);

test("NetRCAuth uses default for hosts without an entry, on the first origin alone", async () => {
  world.files["/f"] = "default login anonymous password guest\nmachine a.example login alice password one";
  const auth = new NetRCAuth("/f");
  expect(await credentials(auth, "http://other.example/")).toBe("anonymous:guest");
  expect(await credentials(auth, "http://a.example/")).toBe("alice:one");
  expect(await credentials(auth, "http://other.example/", true)).toBeNull();
  expect(await credentials(auth, "http://a.example/", true)).toBe("alice:one");
});

test.each([
  ["no password", "machine a.example login alice"],
  ["a bare machine", "machine a.example"],
  ["a bare default", "default"],
  ["a default without a password", "machine b.example login bob password two default login alice"],
  [
    "no password, in front of a default with one",
    "machine a.example login alice\ndefault login bob password two",
  ],
])("NetRCAuth gives nothing for an entry with %s", async (_name, text) => {
  world.files["/f"] = text;
  expect(await credentials(new NetRCAuth("/f"), "http://a.example/")).toBeNull();
});

test("NetRCAuth takes the first entry of a host that has a password, and mixes none", async () => {
  world.files["/f"] =
    "machine a.example login zoe\nmachine a.example login alice password one\nmachine A.example login bob password two";
  expect(await credentials(new NetRCAuth("/f"), "http://a.example/")).toBe("alice:one");
});

test("NetRCAuth sends a password without a login, and an empty password", async () => {
  world.files["/f"] = 'machine a.example password tok account acct\nmachine b.example login bob password ""';
  const auth = new NetRCAuth("/f");
  expect(await credentials(auth, "http://a.example/")).toBe(":tok");
  expect(await credentials(auth, "http://b.example/")).toBe("bob:");
});

test("NetRCAuth leaves a request without an entry alone", async () => {
  world.files["/f"] = "";
  const request = new Request("GET", "http://a.example/", { headers: { Authorization: "Bearer default" } });
  await drive(new NetRCAuth("/f"), request, () => new Response());
  expect(request.headers.get("authorization")).toBe("Bearer default");
});

test("NetRCAuth reads its file at first use, and once", async () => {
  world.files["/f"] = "default login u password p";
  const auth = new NetRCAuth("/f");
  expect(world.reads).toEqual([]);
  await credentials(auth, "http://a.example/");
  await credentials(auth, "http://b.example/");
  expect(world.reads).toEqual(["/f"]);
});

test("NetRCAuth looks for its file at the path given, $NETRC, ~/.netrc and ~/_netrc", async () => {
  const entry = (name: string) => `default login ${name} password p`;
  world.variables.NETRC = "/env";
  world.files = { "/given": entry("given"), "/env": entry("env"), "/home/u/_netrc": entry("underscore") };
  const user = async (file?: string) =>
    (await credentials(new NetRCAuth(file), "http://a.example/"))?.split(":")[0];
  expect(await user("/given")).toBe("given");
  expect(await user()).toBe("env");
  world.variables.NETRC = "";
  expect(await user()).toBe("underscore");
  world.files["/home/u/.netrc"] = entry("dot");
  expect(await user()).toBe("dot");
  world.variables.NETRC = "~/_netrc";
  expect(await user()).toBe("underscore");
  expect(await user("~/.netrc")).toBe("dot");
});

test("NetRCAuth says which file is missing, and tries again at the next request", async () => {
  const auth = new NetRCAuth("/f");
  const error = await failure(auth);
  expect(error).toBeInstanceOf(AuthError);
  expect(error).toMatchObject({
    code: "ERR_AUTH",
    message: 'Cannot read netrc file "/f": no such file',
    cause: { code: "ENOENT" },
  });
  world.files["/f"] = "default login u password p";
  expect(await credentials(auth, "http://a.example/")).toBe("u:p");
});

test.each<[name: string, change: () => void, message: string]>([
  ["neither usual file", () => {}, 'Cannot read netrc file "/home/u/.netrc": no such file'],
  [
    "a file that may not be read",
    () => {
      world.files["/home/u/.netrc"] = Object.assign(new Error("EACCES"), { code: "EACCES" });
      world.files["/home/u/_netrc"] = "default login u password p";
    },
    'Cannot read netrc file "/home/u/.netrc": EACCES',
  ],
  [
    "a file that is not there, in Deno's words",
    () => {
      world.variables.NETRC = "/n";
      world.files["/n"] = Object.assign(new Error("No such file"), { name: "NotFound" });
    },
    'Cannot read netrc file "/n": no such file',
  ],
  [
    "a fault without a code",
    () => {
      world.variables.NETRC = "/n";
      world.files["/n"] = new Error("not today");
    },
    'Cannot read netrc file "/n": "not today"',
  ],
  [
    "no home directory",
    () => {
      world.home = undefined;
    },
    "Cannot find a netrc file: there is no home directory; set NETRC or give a path",
  ],
  [
    "a file that is no netrc file",
    () => {
      world.files["/home/u/.netrc"] = "machine a.example\nlogn alice password hunter2";
    },
    'Cannot read netrc file "/home/u/.netrc", line 2: expected machine, default, login, password, account or macdef',
  ],
  [
    "a login that Basic cannot send",
    () => {
      world.files["/home/u/.netrc"] = "\nmachine a.example login a:b password hunter2";
    },
    'Cannot use netrc file "/home/u/.netrc", line 2: login must not contain a colon',
  ],
])("NetRCAuth throws an AuthError for %s", async (_name, change, message) => {
  change();
  const error = await failure(new NetRCAuth());
  expect(error).toBeInstanceOf(AuthError);
  expect(error).toMatchObject({ code: "ERR_AUTH", message });
});

test("NetRCAuth cannot be constructed where there are no files", () => {
  world.hasFiles = false;
  expect(() => new NetRCAuth()).toThrow(UnsupportedError);
  expect(() => new NetRCAuth("/f")).toThrow(
    "Cannot use NetRCAuth on a test: it has no files; use BasicAuth with credentials from elsewhere",
  );
});

test.each([
  [null, "object"],
  [7, "number"],
  ["", '""'],
])("NetRCAuth refuses a path of %j", (file, shown) => {
  expect(() => new NetRCAuth(file as string)).toThrow(
    expect.objectContaining({
      code: "ERR_INVALID_ARGUMENT",
      message: `Cannot use netrc file: must be a path: ${shown}`,
    }),
  );
});

test("NetRCAuth shows no secret in dumps", async () => {
  const { inspect } = await import("node:util");
  world.files["/f"] = "default login user-7 password hunter2";
  const auth = new NetRCAuth("/f");
  await credentials(auth, "http://a.example/");
  for (const dump of [inspect(auth, { depth: 9, showHidden: true }), JSON.stringify(auth), String(auth)]) {
    expect(dump).not.toMatch(/hunter2|user-7/);
  }
});
