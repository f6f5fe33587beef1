/** The demo in a page. */
import { FetchTransport } from "saluki";
import { tellStory } from "./story.ts";
import { type Teller, TranscriptTransport } from "./transcript.ts";

const list = document.querySelector("main");
const server = document.body.dataset.api ?? "";

const tell: Teller = (kind, text) => {
  const line = document.createElement(kind === "title" ? "h2" : "p");
  line.className = kind;
  line.textContent = text;
  list?.append(line);
};

async function play(): Promise<void> {
  list?.replaceChildren();
  document.body.dataset.state = "playing";
  try {
    const transport = new TranscriptTransport(new FetchTransport(), tell);
    await tellStory({ server, options: { transport }, inBrowser: true, tell });
    document.body.dataset.state = "done";
  } catch (error) {
    tell("fault", String(error));
    document.body.dataset.state = "failed";
  }
}

document.querySelector("button")?.addEventListener("click", play);
await play();
