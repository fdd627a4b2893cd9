// Tools and hooks, as OpenClaw's gateway was seen to answer.

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, before, describe, test } from "node:test";
import { Client, textOf } from "../support/client.mjs";
import { eventually } from "../support/waiting.mjs";
import { world } from "../support/world.mjs";

describe("HTTP", () => {
  let client;
  before(async () => (client = await Client.connect(world.gateway)));
  after(() => client?.stop());

  function post(path, body, token, headers = {}) {
    return fetch(world.gateway.httpUrl + path, {
      method: "POST",
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json", ...headers },
      body: JSON.stringify(body),
    });
  }

  const hook = (path, body, headers) => post(path, body, world.gateway.hookToken, headers);

  test("uses a tool", async () => {
    const answer = await post("/tools/invoke", { tool: "sessions_list", args: {} }, world.gateway.token);

    const { ok, result } = await answer.json();
    assert.equal(answer.status, 200);
    assert.equal(ok, true);
    assert.equal(JSON.parse(result.content[0].text).count, result.details.sessions.length);
  });

  test("knows no other tool", async () => {
    const answer = await post("/tools/invoke", { tool: "nope" }, world.gateway.token);

    assert.equal(answer.status, 404);
    assert.deepEqual(await answer.json(), {
      ok: false,
      error: { type: "not_found", message: "Tool not available: nope" },
    });
  });

  test("shows its tools to clients, which use them", async () => {
    const catalog = await client.request("tools.catalog");
    const effective = await client.request("tools.effective", { sessionKey: "main" });
    const used = await client.request("tools.invoke", { name: "session_status", args: {} });
    const unknown = await client.request("tools.invoke", { name: "nope" });

    const names = catalog.groups.flatMap(({ tools }) => tools.map(({ id }) => id));
    assert.ok(["sessions_list", "sessions_history", "sessions_send"].every((name) => names.includes(name)));
    assert.deepEqual(
      effective.groups.flatMap(({ tools }) => tools.map(({ id }) => id)),
      names,
    );
    assert.equal(used.ok, true);
    assert.equal(used.output.details.sessionKey, "agent:main:main");
    assert.deepEqual(unknown.error, { code: "not_found", message: "Tool not available: nope" });
  });

  test("says something in a conversation by a tool, once for each key", async () => {
    const call = {
      tool: "sessions_send",
      idempotencyKey: randomUUID(),
      args: { sessionKey: "agent:main:by-tool", message: "said by a tool" },
    };
    const first = await (await post("/tools/invoke", call, world.gateway.token)).json();
    const again = await (await post("/tools/invoke", call, world.gateway.token)).json();

    assert.equal(first.result.details.reply, "You said: said by a tool");
    assert.deepEqual(again, first);
    const { messages } = await client.request("chat.history", { sessionKey: "agent:main:by-tool" });
    assert.equal(messages.length, 2);
  });

  test("wakes the agent", async () => {
    const answer = await hook("/hooks/wake", { text: "wake up", mode: "now" });

    assert.deepEqual(await answer.json(), { ok: true, mode: "now", eventOutcome: "queued" });
    const { messages } = await client.request("chat.history", { sessionKey: "main" });
    assert.ok(messages.map(textOf).includes("wake up"));
  });

  test("has an agent answer, once for each key", async () => {
    const key = { "Idempotency-Key": randomUUID() };
    const first = await hook("/hooks/agent", { message: "do it", name: "t" }, key);
    const again = await hook("/hooks/agent", { message: "do it", name: "t" }, key);

    const { ok, runId } = await first.json();
    assert.equal(first.status, 200);
    assert.equal(ok, true);
    assert.deepEqual(await again.json(), { ok, runId });
    const messages = await eventually("answer", async () => {
      const found = await client.request("chat.history", { sessionKey: `hook:${runId}` });
      return found.messages.length >= 2 && found.messages;
    });
    assert.match(textOf(messages[0]), /webhook "t"[^]*> do it$/);
    assert.equal(messages.length, 2);
  });

  test("asks for the hooks' own token, in a header", async () => {
    const wrong = await post("/hooks/wake", { text: "x" }, world.gateway.token);
    const inQuery = await hook(`/hooks/wake?token=${world.gateway.hookToken}`, { text: "x" });
    const unknown = await hook("/hooks/unknown", {});
    const get = await fetch(`${world.gateway.httpUrl}/hooks/wake`);

    assert.equal(wrong.status, 401);
    assert.equal(await wrong.text(), "Unauthorized");
    assert.equal(inQuery.status, 400);
    assert.match(await inQuery.text(), /^Hook token must be provided via Authorization: Bearer/);
    assert.equal(unknown.status, 404);
    assert.equal(get.status, 405);
  });
});
