/** Endpoints about other requests: what arrived, and letting go of answers that are held back. */
import type { Exchange } from "./exchange.ts";
import type { Route } from "./router.ts";

export const routes: readonly Route[] = [
  {
    path: "/journal/:name",
    about: "Requests seen under the name. ?count=3 waits for as many, ?settled waits until all have ended.",
    answer: journal,
  },
  {
    path: "/release/:gate",
    about: "Lets one held answer go, now or when it comes. ?times=3 lets go of three.",
    answer: release,
  },
  {
    path: "/connection",
    about: "The number of this connection and of this request on it.",
    answer: (exchange) => exchange.json(200, place(exchange)),
  },
];

async function journal(exchange: Exchange): Promise<void> {
  const atLeast = exchange.count(exchange.query.get("count"), 0);
  const settled = exchange.flag("settled");
  const gaveUp = new AbortController();
  exchange.response.once("close", () => gaveUp.abort());
  const entries = await exchange.world.journal.until(
    exchange.param("name"),
    (seen) => seen.length >= atLeast && (!settled || seen.every(({ outcome }) => outcome !== "open")),
    gaveUp.signal,
  );
  exchange.json(200, entries, [["Cache-Control", "no-store"]]);
}

function release(exchange: Exchange): void {
  const times = exchange.count(exchange.query.get("times"), 1);
  exchange.json(200, { released: exchange.world.gates.release(exchange.param("gate"), times) });
}

function place({ entry: { connection, turn } }: Exchange): { connection: number; turn: number } {
  return { connection, turn };
}
