// The independent client `openclaw-node`: it signs as version 2 and reads `agent` events alone.

import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import "../support/recorder.mjs";
import { OpenClawClient } from "openclaw-node";
import { world } from "../support/world.mjs";

describe("openclaw-node", () => {
  let client;
  before(async () => {
    const { url, token, folder } = world.gateway;
    const deviceIdentityPath = join(folder, "openclaw-node.json"); // or it writes to the home directory
    client = new OpenClawClient({ url, token, deviceIdentityPath, autoReconnect: false });
    await client.connect();
  });
  after(() => client?.disconnect());

  test("streams an answer", async () => {
    const chunks = [];
    for await (const chunk of client.chat("streamed to openclaw-node")) {
      chunks.push(chunk);
    }

    const text = chunks.filter(({ type }) => type === "text").map((chunk) => chunk.text);
    assert.equal(text.join(""), "You said: streamed to openclaw-node");
    assert.equal(chunks.at(-1).type, "done");
  });

  test("gets a whole answer and finds it in the history", async () => {
    const sessionKey = "agent:main:openclaw-node";

    const answer = await client.chatSync("kept for openclaw-node", { sessionKey });
    const { messages } = await client.sessions.history(sessionKey);

    assert.equal(answer, "You said: kept for openclaw-node");
    assert.equal(messages.length, 2);
  });

  test("is told when the model refuses", async () => {
    world.model.refuse("refused to openclaw-node", 400);
    const chunks = [];
    for await (const chunk of client.chat("refused to openclaw-node")) {
      chunks.push(chunk);
    }

    assert.ok(chunks.some(({ type }) => type === "error"));
  });

  test("lists agents and sessions", async () => {
    const { agents } = await client.agents.list();
    const { sessions } = await client.sessions.list({ limit: 10 });

    assert.equal(agents[0].id, "main");
    assert.ok(sessions.length > 0);
  });
});
