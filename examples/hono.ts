/** An app called in process: no port, no network, the whole client. */
import { Hono } from "hono";
import { basicAuth } from "hono/basic-auth";
import { AppTransport, Client } from "saluki";

const app = new Hono();
app.get("/dogs/:name", (context) => context.json({ name: context.req.param("name") }));
app.use("/admin/*", basicAuth({ username: "olivia", password: "secret" }));
app.get("/admin/stats", (context) => context.text("42 dogs"));

await using client = new Client({ baseUrl: "http://dogs.test", transport: new AppTransport(app) });
console.log(await client.get("/dogs/Rex").json());
console.log((await client.get("/admin/stats")).status);
console.log(await client.get("/admin/stats", { auth: ["olivia", "secret"] }).text());
