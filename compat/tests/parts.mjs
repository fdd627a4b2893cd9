// Messages that are more than text: tools of a client, pictures, files.

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, before, describe, test } from "node:test";
import OpenAI from "openai";
import { Client, textOf } from "../support/client.mjs";
import { world } from "../support/world.mjs";

const PIXEL = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
  "base64",
);

const CLOCK = {
  type: "function",
  function: {
    name: "clock",
    description: "Tells the time",
    parameters: { type: "object", properties: { zone: { type: "string" } } },
  },
};

describe("messages of parts", () => {
  let openai;
  let client;
  before(async () => {
    openai = new OpenAI({ apiKey: world.gateway.token, baseURL: `${world.gateway.httpUrl}/v1` });
    client = await Client.connect(world.gateway);
  });
  after(() => client?.stop());

  /** Has the model ask for the time, in pieces, and then say what it was told. */
  function scriptClock(prompt) {
    const seen = [];
    world.model.script(prompt, async function* (attempt, asked) {
      seen.push(asked);
      const result = asked.messages.findLast(({ role }) => role === "tool");
      if (result === undefined) {
        const call = { index: 0, id: "call_7", type: "function", function: { name: "clock", arguments: "" } };
        yield { tool_calls: [call] };
        yield { tool_calls: [{ index: 0, function: { arguments: '{"zone":' } }] };
        yield { tool_calls: [{ index: 0, function: { arguments: '"UTC"}' } }] };
      } else {
        yield `It is ${result.content}.`;
      }
    });
    return seen;
  }

  function call(message) {
    const [{ id, function: called }] = message.tool_calls;
    assert.deepEqual(called, { name: "clock", arguments: '{"zone":"UTC"}' });
    return id;
  }

  for (const user of [undefined, `tools-${randomUUID()}`]) {
    test(`a tool is used ${user ? "in a conversation that lasts" : "in a request of its own"}`, async () => {
      const prompt = `what time is it? ${randomUUID()}`;
      const seen = scriptClock(prompt);
      const messages = [{ role: "user", content: prompt }];
      const terms = { model: "evergate", user, tools: [CLOCK], temperature: 0.25 };

      const first = await openai.chat.completions.create({ ...terms, messages });
      assert.equal(first.choices[0].finish_reason, "tool_calls");
      const answer = first.choices[0].message;
      messages.push(answer, { role: "tool", tool_call_id: call(answer), content: "noon" });
      const second = await openai.chat.completions.create({ ...terms, messages });

      assert.equal(second.choices[0].message.content, "It is noon.");
      assert.equal(second.choices[0].finish_reason, "stop");
      assert.equal(seen[0].temperature, 0.25);
      assert.deepEqual(seen[0].tools, [CLOCK]);
      const roles = seen[1].messages.map(({ role }) => role);
      assert.deepEqual(roles, ["system", "user", "assistant", "tool"]);
    });
  }

  test("a streamed call comes whole", async () => {
    const prompt = `what time is it? ${randomUUID()}`;
    scriptClock(prompt);
    const messages = [{ role: "user", content: prompt }];

    const whole = await openai.chat.completions
      .stream({ model: "evergate", messages, tools: [CLOCK] })
      .finalChatCompletion();

    assert.equal(whole.choices[0].finish_reason, "tool_calls");
    call(whole.choices[0].message);
  });

  test("a crash between a call and its result loses neither", async () => {
    const prompt = `what time is it? ${randomUUID()}`;
    scriptClock(prompt);
    const user = `crash-${randomUUID()}`;
    const ask = (messages) =>
      openai.chat.completions.create({ model: "evergate", user, tools: [CLOCK], messages }, { maxRetries: 5 });
    const first = await ask([{ role: "user", content: prompt }]);
    const id = call(first.choices[0].message);

    const greeted = client.hellos.length;
    await world.gateway.killGeneration();
    await client.connected(greeted + 1);
    const second = await ask([first.choices[0].message, { role: "tool", tool_call_id: id, content: "noon" }]);

    assert.equal(second.choices[0].message.content, "It is noon.");
    const sessionKey = `agent:main:openai-user:${user}`;
    const { messages } = await client.request("chat.history", { sessionKey });
    assert.deepEqual(
      messages.map(({ role }) => role),
      ["user", "assistant", "toolResult", "assistant"],
    );
    const called = messages[1].content[0];
    assert.deepEqual(called, { type: "toolCall", id, name: "clock", arguments: { zone: "UTC" } });
    assert.equal(messages[2].toolCallId, id);
    assert.equal(textOf(messages[2]), "noon");
  });

  test("a picture reaches the model, from either door", async () => {
    const url = `data:image/png;base64,${PIXEL.toString("base64")}`;
    const seen = [];
    const prompt = `what is this? ${randomUUID()}`;
    world.model.script(prompt, async function* (attempt, asked) {
      seen.push(asked.messages.findLast(({ role }) => role === "user").content);
      yield "A dot.";
    });
    const content = [
      { type: "text", text: prompt },
      { type: "image_url", image_url: { url } },
    ];

    const answer = await openai.chat.completions.create({
      model: "evergate",
      messages: [{ role: "user", content }],
    });
    const runId = randomUUID();
    const sessionKey = `agent:main:parts-${runId}`;
    const attachments = [
      { type: "image", mimeType: "image/png", fileName: "dot.png", content: PIXEL.toString("base64") },
    ];
    await client.request("chat.send", { sessionKey, message: prompt, idempotencyKey: runId, attachments });
    await client.request("agent.wait", { runId });

    assert.equal(answer.choices[0].message.content, "A dot.");
    assert.deepEqual(seen, [content, content]);
    const { messages } = await client.request("chat.history", { sessionKey });
    assert.deepEqual(messages[0].content, [
      { type: "text", text: prompt },
      { type: "image", mimeType: "image/png", fileName: "dot.png", omitted: true, bytes: PIXEL.length },
    ]);
  });

  test("nothing is fetched from elsewhere, and what cannot be taken is named", async () => {
    const elsewhere = { type: "image_url", image_url: { url: "http://127.0.0.1:9/secret.png" } };
    await assert.rejects(
      openai.chat.completions.create({ model: "evergate", messages: [{ role: "user", content: [elsewhere] }] }),
      { status: 400, message: /nothing is fetched from elsewhere/ },
    );
    const attachments = [{ type: "file", mimeType: "application/pdf", fileName: "a.pdf", content: "AQID" }];
    const idempotencyKey = randomUUID();
    await assert.rejects(
      client.request("chat.send", { sessionKey: "main", message: "read it", idempotencyKey, attachments }),
      /at \/attachments\/0: a file of the type "application\/pdf" \(expected: image\/gif, /,
    );
  });
});
