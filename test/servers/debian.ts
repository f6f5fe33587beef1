/** How the servers of Debian are started: from the templates of scripts/servers, with files in a folder of their own. */
import { createHash } from "node:crypto";
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { findBinary, launch } from "./launch.ts";
import type { DebianServer, MissingServer, RunningServer } from "./servers.ts";
import { PASSWORD, UNICODE_PASSWORD, UNICODE_USER, USER } from "./servers.ts";

const REALM = "Saluki";
const TEXT = `Hello from a real server. ${"All work and no play. ".repeat(40)}\n`;

interface Recipe {
  readonly package: string;
  readonly binary: string;
  /** What the packages bring beside the binary. */
  readonly needs: string;
  /** The template of its configuration in scripts/servers; empty where it has none. */
  readonly template: string;
  readonly modules?: string;
  args(folder: string, port: number, config: string): string[];
  /** A unix socket in the folder. */
  readonly socket?: string;
}

const RECIPES: Readonly<Record<DebianServer, Recipe>> = {
  apache: {
    package: "apache2",
    binary: "apache2",
    needs: "/usr/lib/apache2/modules/mod_auth_digest.so",
    template: "apache.conf",
    modules: "/usr/lib/apache2/modules",
    args: (_folder, _port, config) => ["-D", "FOREGROUND", "-f", config],
  },
  httpbin: {
    package: "python3-httpbin",
    binary: "gunicorn",
    needs: "/usr/lib/python3/dist-packages/httpbin",
    template: "",
    args: (folder, port) => {
      const threads = ["-k", "gthread", "--threads", "8", "--keep-alive", "60"];
      return ["-b", `127.0.0.1:${port}`, ...threads, "--worker-tmp-dir", folder, "httpbin:app"];
    },
  },
  lighttpd: {
    package: "lighttpd",
    binary: "lighttpd",
    needs: "/usr/lib/lighttpd/mod_deflate.so",
    template: "lighttpd.conf",
    args: (_folder, _port, config) => ["-D", "-f", config],
  },
  nginx: {
    package: "nginx-light",
    binary: "nginx",
    needs: "/usr/lib/nginx/modules/ngx_http_echo_module.so",
    template: "nginx.conf",
    modules: "/usr/lib/nginx/modules",
    args: (folder, _port, config) => ["-e", join(folder, "nginx.log"), "-p", folder, "-c", config],
    socket: "nginx.sock",
  },
};

export interface Started {
  readonly server: RunningServer | MissingServer;
  stop(): Promise<void>;
}

export interface Places {
  /** Where the templates of the configurations are. */
  readonly templates: URL;
  /** Where each server may have a folder of its own. */
  readonly scratch: string;
}

/** Starts one of them, with all that it reads and writes in a folder of its own. */
export async function startDebianServer(name: DebianServer, places: Places): Promise<Started> {
  const recipe = RECIPES[name];
  const binary = findBinary(recipe.binary);
  if (binary === undefined || !existsSync(recipe.needs)) {
    return { server: { missing: recipe.package }, stop: async () => {} };
  }
  const folder = join(places.scratch, name);
  writeFiles(folder);
  const launched = await launch((port) => {
    const config = configure(recipe, places.templates, folder, port);
    return { binary, args: recipe.args(folder, port, config) };
  });
  const url = `http://127.0.0.1:${launched.port}`;
  const server = recipe.socket === undefined ? { url } : { url, socket: join(folder, recipe.socket) };
  return { server, stop: launched.stop };
}

/** Fills in the template and returns where the result lies. */
function configure({ template, modules = "" }: Recipe, templates: URL, folder: string, port: number): string {
  if (template === "") return "";
  const values = new Map([
    ["dir", folder],
    ["port", String(port)],
    ["modules", modules],
    // Started by root, Apache wants to know whom to become.
    ["runAs", process.getuid?.() === 0 ? "User www-data\nGroup www-data" : ""],
  ]);
  const text = readFileSync(new URL(template, templates), "utf8");
  const file = join(folder, template);
  writeFileSync(
    file,
    text.replaceAll(/\{\{(\w+)\}\}/g, (whole, name: string) => values.get(name) ?? whole),
  );
  return file;
}

const FOLDERS = ["basic", "digest", "digest-once", "digest-short", "md5", "sha-256", "sha-512-256"];
const LIGHTTPD_FOLDERS = ["both", "userhash", "deflate"];

function writeFiles(folder: string): void {
  for (const path of [".", ...FOLDERS, ...LIGHTTPD_FOLDERS]) {
    mkdirSync(join(folder, "www", path), { recursive: true });
    writeFileSync(join(folder, "www", path, "hello.txt"), TEXT);
  }
  for (const [name, line] of userFiles()) {
    const users = [line(USER, PASSWORD), line(UNICODE_USER, UNICODE_PASSWORD)];
    writeFileSync(join(folder, name), users.map((text) => `${text}\n`).join(""));
  }
  // A server that gives up root must still be able to read.
  chmodSync(folder, 0o755);
}

type UserLine = (user: string, password: string) => string;

const hash = (algorithm: string, text: string): string => createHash(algorithm).update(text).digest("hex");

/** The lines of htpasswd and htdigest files. */
function userFiles(): Map<string, UserLine> {
  const digest =
    (algorithm: string): UserLine =>
    (user, password) =>
      `${user}:${REALM}:${hash(algorithm, `${user}:${REALM}:${password}`)}`;
  const [md5, sha256] = [digest("md5"), digest("sha256")];
  const sha1 = (text: string): string => createHash("sha1").update(text).digest("base64");
  return new Map<string, UserLine>([
    ["users.basic", (user, password) => `${user}:{SHA}${sha1(password)}`],
    ["users.md5", md5],
    ["users.sha256", sha256],
    ["users.sha512-256", digest("sha512-256")],
    ["users.both", (user, password) => `${md5(user, password)}\n${sha256(user, password)}`],
    ["users.userhash", (user, password) => `${sha256(user, password)}:${hash("sha256", `${user}:${REALM}`)}`],
  ]);
}
