// OpenAI's own client library, unmodified, with our agents as its models.

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, before, describe, test } from "node:test";
import OpenAI from "openai";
import { Client, textOf } from "../support/client.mjs";
import { eventually, expectation } from "../support/waiting.mjs";
import { world } from "../support/world.mjs";

describe("OpenAI's client library", () => {
  let openai;
  let client;
  before(async () => {
    openai = new OpenAI({ apiKey: world.gateway.token, baseURL: `${world.gateway.httpUrl}/v1` });
    client = await Client.connect(world.gateway);
  });
  after(() => client?.stop());

  /** Asks something of an agent. */
  function ask(content, more = {}, options = {}) {
    const messages = [{ role: "user", content }];
    return openai.chat.completions.create({ model: "evergate", messages, ...more }, options);
  }

  function history(sessionKey) {
    return client.request("chat.history", { sessionKey });
  }

  test("lists the agents as models", async () => {
    const { data } = await openai.models.list();
    const one = await openai.models.retrieve("openclaw/default");

    const ids = data.map(({ id }) => id);
    assert.ok(["openclaw", "openclaw/main", "evergate", "evergate/main"].every((id) => ids.includes(id)));
    assert.deepEqual(one, data.find(({ id }) => id === "openclaw/default"));
  });

  test("gets a whole answer, and what it cost", async () => {
    const answer = await ask("hi http", { model: "openclaw/main" });

    assert.match(answer.id, /^chatcmpl_/);
    assert.equal(answer.model, "openclaw/main");
    assert.deepEqual(answer.choices, [
      {
        index: 0,
        message: { role: "assistant", content: "You said: hi http" },
        finish_reason: "stop",
      },
    ]);
    assert.deepEqual(answer.usage, { prompt_tokens: 42, completion_tokens: 7, total_tokens: 49 });
  });

  test("gets an answer while it is being said", async () => {
    const heard = expectation("first words at the client");
    world.model.script("slowly", async function* () {
      yield "Once";
      await heard.promise;
      yield " upon a time.";
    });
    const stream = await ask("slowly", { stream: true, stream_options: { include_usage: true } });

    const chunks = [];
    for await (const chunk of stream) {
      chunks.push(chunk);
      if (chunk.choices[0]?.delta.content === "Once") {
        heard.resolve();
      }
    }

    const said = chunks.map(({ choices }) => choices[0]?.delta.content ?? "").join("");
    assert.equal(said, "Once upon a time.");
    assert.equal(chunks[0].choices[0].delta.role, "assistant");
    assert.equal(chunks.at(-2).choices[0].finish_reason, "stop");
    assert.equal(chunks.at(-1).usage.total_tokens, 49);
  });

  test("gathers a stream into a whole answer", async () => {
    const messages = [{ role: "user", content: "gather me" }];

    const whole = await openai.chat.completions
      .stream({ model: "evergate", messages })
      .finalChatCompletion();

    assert.equal(whole.choices[0].message.content, "You said: gather me");
  });

  test("keeps a user in one conversation", async () => {
    const user = `user-${randomUUID()}`;
    await ask("first", { user });
    await ask("second", { user });

    const { messages } = await history(`agent:main:openai-user:${user}`);
    assert.deepEqual(messages.map(textOf), [
      "first",
      "You said: first",
      "second",
      "You said: second",
    ]);
  });

  test("cancels a run by going away", async () => {
    const begun = expectation("beginning of the answer");
    world.model.script("never ending", async function* () {
      yield "Once";
      begun.resolve();
      await new Promise(() => {});
    });
    const user = `user-${randomUUID()}`;
    const stream = await ask("never ending", { user, stream: true });
    for await (const chunk of stream) {
      if (chunk.choices[0]?.delta.content) {
        break; // the library closes the connection
      }
    }
    await begun.promise;

    const sessionKey = `agent:main:openai-user:${user}`;
    await eventually("end of the run", async () => (await history(sessionKey)).inFlightRun === undefined);
  });

  test("asks once for each key", async () => {
    const options = { headers: { "Idempotency-Key": randomUUID() } };

    const first = await ask("once", {}, options);
    const second = await ask("once", {}, options);

    assert.deepEqual(second.choices, first.choices);
    assert.equal(second.id, first.id);
  });

  test("understands what is refused", async () => {
    await assert.rejects(ask("x", { model: "gpt-5" }), (error) => {
      assert.ok(error instanceof OpenAI.BadRequestError);
      assert.equal(error.type, "invalid_request_error");
      assert.match(error.message, /Invalid `model`\. Use `openclaw`/);
      return true;
    });
    const stranger = new OpenAI({ apiKey: "wrong", baseURL: `${world.gateway.httpUrl}/v1` });
    await assert.rejects(stranger.models.list(), OpenAI.AuthenticationError);
  });

  test("does not ask again for what has failed", async () => {
    world.model.refuse("fail by http", 400);
    const user = `user-${randomUUID()}`;

    await assert.rejects(ask("fail by http", { user }), OpenAI.InternalServerError);
    await assert.rejects(async () => {
      for await (const _ of await ask("fail by http", { user, stream: true })) {
        // nothing is said
      }
    }, OpenAI.APIError);

    const { messages } = await history(`agent:main:openai-user:${user}`);
    assert.equal(messages.filter(({ role }) => role === "user").length, 2);
  });
});
