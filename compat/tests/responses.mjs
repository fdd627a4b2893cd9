// OpenAI's own client library, unmodified: the Responses API and embeddings.

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, before, describe, test } from "node:test";
import OpenAI from "openai";
import { Client, textOf } from "../support/client.mjs";
import { eventually, expectation } from "../support/waiting.mjs";
import { world } from "../support/world.mjs";

describe("OpenAI's client library, in the words of responses", () => {
  let openai;
  let client;
  before(async () => {
    openai = new OpenAI({ apiKey: world.gateway.token, baseURL: `${world.gateway.httpUrl}/v1` });
    client = await Client.connect(world.gateway);
  });
  after(() => client?.stop());

  /** Asks something of an agent. */
  function ask(input, more = {}) {
    return openai.responses.create({ model: "openclaw", input, ...more });
  }

  function history(sessionKey) {
    return client.request("chat.history", { sessionKey });
  }

  test("gets a whole answer, and what it cost", async () => {
    const answer = await ask("hi responses");

    assert.match(answer.id, /^resp_/);
    assert.equal(answer.status, "completed");
    assert.equal(answer.output_text, "You said: hi responses");
    assert.equal(answer.output[0].role, "assistant");
    assert.equal(answer.usage.total_tokens, 49);
  });

  test("gets an answer while it is being said, event by event", async () => {
    const heard = expectation("first words at the client");
    world.model.script("slow response", async function* () {
      yield "Once";
      await heard.promise;
      yield " upon a time.";
    });
    const events = [];
    for await (const event of await ask("slow response", { stream: true })) {
      events.push(event);
      if (event.type === "response.output_text.delta") {
        heard.resolve();
      }
    }

    assert.deepEqual(
      events.map(({ type }) => type),
      [
        "response.created",
        "response.in_progress",
        "response.output_item.added",
        "response.content_part.added",
        "response.output_text.delta",
        "response.output_text.delta",
        "response.output_text.done",
        "response.content_part.done",
        "response.output_item.done",
        "response.completed",
      ],
    );
    assert.deepEqual(
      events.map(({ sequence_number: number }) => number),
      [...events.keys()],
    );
  });

  test("gathers a stream into a whole answer", async () => {
    const whole = await openai.responses
      .stream({ model: "openclaw", input: [{ role: "user", content: "gather me" }] })
      .finalResponse();

    assert.equal(whole.output_text, "You said: gather me");
    assert.equal(whole.usage.total_tokens, 49);
  });

  test("goes on from an answer before, also after a crash", async () => {
    const user = `user-${randomUUID()}`;
    const first = await ask("first of two", { user });
    const greeted = client.hellos.length;
    await world.gateway.killGeneration();
    await client.connected(greeted + 1);
    const second = await ask("second of two", { previous_response_id: first.id });

    assert.equal(second.previous_response_id, first.id);
    const { messages } = await history(`agent:main:openresponses-user:${user}`);
    assert.deepEqual(messages.map(textOf), [
      "first of two",
      "You said: first of two",
      "second of two",
      "You said: second of two",
    ]);
  });

  test("cancels a run by going away", async () => {
    world.model.script("never ending response", async function* () {
      yield "Once";
      await new Promise(() => {});
    });
    const user = `user-${randomUUID()}`;
    for await (const event of await ask("never ending response", { user, stream: true })) {
      if (event.type === "response.output_text.delta") {
        break; // the library closes the connection
      }
    }

    const sessionKey = `agent:main:openresponses-user:${user}`;
    await eventually("end of the run", async () => (await history(sessionKey)).inFlightRun === undefined);
  });

  test("understands what is refused, and what has failed", async () => {
    const unknown = ask("x", { previous_response_id: "resp_nobody" });
    await assert.rejects(unknown, (error) => {
      assert.ok(error instanceof OpenAI.BadRequestError);
      assert.match(error.message, /Previous response with id 'resp_nobody' not found/);
      return true;
    });
    world.model.refuse("fail as a response", 400);
    await assert.rejects(ask("fail as a response"), OpenAI.InternalServerError);
    const events = [];
    for await (const event of await ask("fail as a response", { stream: true })) {
      events.push(event);
    }
    assert.equal(events.at(-1).type, "response.failed");
    assert.match(events.at(-1).response.error.message, /refused by script/);
  });

  test("turns texts into vectors", async () => {
    const { data, usage } = await openai.embeddings.create({ model: "openclaw", input: ["one", "three"] });

    assert.deepEqual(
      data.map(({ embedding }) => embedding),
      [
        [3, 0.5],
        [5, 0.5],
      ],
    );
    assert.equal(usage.prompt_tokens, 3);
  });
});
