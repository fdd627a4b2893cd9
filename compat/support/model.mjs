// An OpenAI-compatible model server on loopback that says what the tests script.

import { once } from "node:events";
import { createServer } from "node:http";
import { expectation } from "./waiting.mjs";

/** A running model server. */
export class FakeModel {
  #server = createServer((request, response) => this.#serve(request, response));
  #scripts = new Map();
  #refusals = new Map();

  static async start() {
    const model = new FakeModel();
    model.#server.listen(0, "127.0.0.1");
    await once(model.#server, "listening");
    return model;
  }

  get baseUrl() {
    return `http://127.0.0.1:${this.#server.address().port}/v1`;
  }

  /**
   * Answers a prompt with what `words` yields; any other prompt is echoed.
   * @param prompt the whole text of the newest user message
   * @param words an async generator function of texts, or of deltas as OpenAI has them; gets how often
   *   this prompt came before, and the request
   */
  script(prompt, words) {
    this.#scripts.set(prompt, { words, attempts: 0 });
  }

  /**
   * Begins an answer, and goes on with it only when told. Has to be told, also when nobody wants to hear
   * the rest any more.
   * @param first texts, then `rest`
   * @returns `begun`, which comes with the question, and `goOn`
   */
  scriptInTwoParts(prompt, first, rest) {
    const [begun, released] = [expectation("question"), expectation("release of the model")];
    this.script(prompt, async function* () {
      begun.resolve();
      yield* first;
      await released.promise;
      yield* rest;
    });
    return { begun: begun.promise, goOn: released.resolve };
  }

  /** Answers a prompt with an HTTP error. */
  refuse(prompt, status) {
    this.#refusals.set(prompt, status);
  }

  close() {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  async #serve(request, response) {
    response.on("error", () => {}); // the gateway may be killed at any moment
    if (request.method === "GET") {
      response.end(JSON.stringify({ object: "list", data: [{ id: "words", object: "model" }] }));
      return;
    }
    const asked = JSON.parse(Buffer.concat(await request.toArray()));
    const { messages, input } = asked;
    if (request.url.endsWith("/embeddings")) {
      const data = input.map((text, index) => ({ index, embedding: [text.length, 0.5] }));
      response.end(JSON.stringify({ object: "list", data, usage: { prompt_tokens: 3, total_tokens: 3 } }));
      return;
    }
    const prompt = textOf(messages.findLast(({ role }) => role === "user").content);
    if (this.#refusals.has(prompt)) {
      response.writeHead(this.#refusals.get(prompt), { "content-type": "application/json" });
      const error = { message: "refused by script", type: "invalid_request_error" };
      response.end(JSON.stringify({ error }));
      return;
    }
    response.writeHead(200, { "content-type": "text/event-stream" });
    let finish_reason = "stop";
    for await (const word of this.#words(prompt, asked)) {
      if (response.destroyed) {
        return;
      }
      const delta = typeof word === "string" ? { content: word } : word;
      finish_reason = delta.tool_calls ? "tool_calls" : finish_reason;
      response.write(chunk({ choices: [{ index: 0, delta }] }));
    }
    response.write(chunk({ choices: [{ index: 0, delta: {}, finish_reason }] }));
    const usage = { prompt_tokens: 42, completion_tokens: 7, total_tokens: 49 };
    response.write(chunk({ choices: [], usage }));
    response.end("data: [DONE]\n\n");
  }

  #words(prompt, asked) {
    const script = this.#scripts.get(prompt);
    return script === undefined ? echo(prompt) : script.words(script.attempts++, asked);
  }
}

async function* echo(prompt) {
  yield* `You said: ${prompt}`.split(/(?= )/);
}

function textOf(content) {
  return typeof content === "string" ? content : content.map(({ text }) => text ?? "").join("");
}

function chunk(body) {
  const whole = { id: "c1", object: "chat.completion.chunk", created: 0, model: "words", ...body };
  return `data: ${JSON.stringify(whole)}\n\n`;
}
