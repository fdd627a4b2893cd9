// agent, which answers twice on one id, and agent.wait.

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, before, describe, test } from "node:test";
import { Client } from "../support/client.mjs";
import { connectParams, RawConnection } from "../support/raw.mjs";
import { expectation } from "../support/waiting.mjs";
import { world } from "../support/world.mjs";

describe("agent", () => {
  let client;
  before(async () => (client = await Client.connect(world.gateway)));
  after(() => client?.stop());

  test("accepts at once and answers when the run has ended", async () => {
    const idempotencyKey = randomUUID();
    const accepted = expectation("acceptance");

    const result = await client.request(
      "agent",
      { message: "via agent", sessionKey: "agent:main:agent", idempotencyKey },
      { expectFinal: true, onAccepted: accepted.resolve },
    );

    const first = await accepted.promise;
    assert.equal(first.status, "accepted");
    assert.equal(first.runId, idempotencyKey);
    assert.equal(result.runId, idempotencyKey);
    assert.equal(result.status, "ok");
    assert.deepEqual(result.result.payloads, [{ text: "You said: via agent", mediaUrl: null }]);
    assert.deepEqual(result.result.meta.agentMeta.usage, { input: 42, output: 7, total: 49 });
  });

  test("answers both times on the same id", async () => {
    const connection = await RawConnection.open(world.gateway);
    const params = { ...connectParams(world.gateway), scopes: ["operator.write"] };
    await connection.ask("1", "connect", params);

    const request = { message: "twice", agentId: "main", idempotencyKey: randomUUID() };
    const accepted = await connection.ask("2", "agent", request);
    const final = await connection.next(({ id }) => id === "2");

    assert.equal(accepted.payload.status, "accepted");
    assert.equal(final.payload.result.payloads[0].text, "You said: twice");
    connection.end();
  });

  test("gives a caller's own session id its own conversation", async () => {
    const sessionId = randomUUID();

    await client.request(
      "agent",
      { message: "own session", sessionId, idempotencyKey: randomUUID() },
      { expectFinal: true },
    );

    const sessionKey = `agent:main:explicit:${sessionId}`;
    const { messages } = await client.request("chat.history", { sessionKey });
    assert.equal(messages.length, 2);
  });

  test("fails with payload and error together", async () => {
    world.model.refuse("fail in agent", 400);
    const idempotencyKey = randomUUID();

    const failure = await client
      .request("agent", { message: "fail in agent", idempotencyKey }, { expectFinal: true })
      .catch((error) => error);

    assert.equal(failure.gatewayCode, "UNAVAILABLE");
    assert.equal(failure.responsePayload.status, "error");
    assert.equal(failure.responsePayload.runId, idempotencyKey);
    assert.equal(failure.responsePayload.summary, failure.message);
  });

  test("lets anybody wait for a run", async () => {
    const released = expectation("release");
    world.model.script("take your time", async function* () {
      yield "Done";
      await released.promise;
    });
    const runId = randomUUID();
    const params = { message: "take your time", sessionKey: "agent:main:wait", idempotencyKey: runId };
    await client.request("agent", params);

    const early = await client.request("agent.wait", { runId, timeoutMs: 50 });
    released.resolve();
    const late = await client.request("agent.wait", { runId, timeoutMs: 20_000 });

    assert.equal(early.status, "timeout");
    assert.equal(late.status, "ok");
    assert.ok(late.endedAt >= late.startedAt);
  });
});
