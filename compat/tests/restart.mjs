// A restart by request: whoever is connected stays connected, and what runs goes on.

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, before, describe, test } from "node:test";
import { Client, isEnd, textOf } from "../support/client.mjs";
import { connectParams, RawConnection } from "../support/raw.mjs";
import { eventually, expectation } from "../support/waiting.mjs";
import { world } from "../support/world.mjs";

describe("restarts", () => {
  let client;
  before(async () => (client = await Client.connect(world.gateway)));
  after(() => client?.stop());

  async function serving() {
    const { gateway } = await client.request("status", {});
    return gateway.generation;
  }

  async function newest() {
    const { restarts } = await client.request("restarts.list", { limit: 1 });
    return restarts[0]?.generation ?? 0;
  }

  /** Waits for the report of a restart after `generation`. */
  function reportAfter(generation) {
    return eventually("report of the restart", async () => {
      const { restarts } = await client.request("restarts.list", { limit: 1 });
      return restarts[0]?.generation > generation ? restarts[0] : false;
    });
  }

  function textsOf(sessionKey) {
    return client
      .request("chat.history", { sessionKey })
      .then(({ messages }) => messages.map(textOf));
  }

  test("tells what goes on, and that it is safe all the same", async () => {
    const idle = await client.request("gateway.restart.preflight", {});
    const released = expectation("release of the model");
    world.model.script("busy", async function* () {
      yield "Once";
      await released.promise;
    });
    const runId = randomUUID();
    await client.request("chat.send", {
      sessionKey: "agent:main:busy",
      message: "busy",
      idempotencyKey: runId,
    });
    await client.event("chat", (chat) => chat.runId === runId && chat.state === "delta");

    const busy = await client.request("gateway.restart.preflight", {});
    released.resolve();
    await client.chatEnd(runId);

    assert.equal(idle.safe, true);
    assert.equal(idle.summary, "safe to restart now");
    assert.deepEqual(Object.keys(idle.counts).toSorted(), [
      "activeTasks",
      "backgroundExecSessions",
      "cronRuns",
      "embeddedRuns",
      "pendingReplies",
      "queueSize",
      "rootRequests",
      "totalActive",
    ]);
    assert.equal(busy.safe, true);
    assert.equal(busy.counts.embeddedRuns, 1);
    assert.deepEqual(busy.blockers, []);
  });

  test("is not for readers", async () => {
    const reader = await RawConnection.open(world.gateway);
    await reader.ask("1", "connect", connectParams(world.gateway));

    const { error } = await reader.ask("2", "gateway.restart.request", {});

    assert.equal(error.details.missingScope, "operator.admin");
    reader.end();
  });

  test("keeps clients and their answers", async () => {
    const [sessionKey, runId] = ["agent:main:restarted", randomUUID()];
    const released = expectation("release of the model");
    world.model.script("over a restart", async function* () {
      yield* ["Once", " upon"];
      await released.promise;
      yield* [" a", " time."];
    });
    const generation = await newest();
    const served = await serving();
    await client.request("chat.send", {
      sessionKey,
      message: "over a restart",
      idempotencyKey: runId,
    });
    await client.event("chat", (chat) => chat.runId === runId && chat.state === "delta");

    const asked = await client.request("gateway.restart.request", { reason: "compat" });
    const joined = await client.request("gateway.restart.request", { reason: "compat" });
    await eventually("another generation", async () => (await serving()) !== served);
    released.resolve();
    const end = await client.chatEnd(runId);
    const report = await reportAfter(generation);

    assert.equal(asked.ok, true);
    assert.equal(asked.status, "scheduled");
    assert.equal(asked.restart.reason, "compat");
    assert.equal(asked.restart.coalesced, false);
    assert.equal(joined.restart.coalesced, true);
    assert.equal(report.result, "committed", JSON.stringify(report));
    assert.equal(report.cause, "compat");
    assert.ok(report.moved >= 1);
    const { restart } = await client.request("restarts.get", { generation: report.generation });
    assert.deepEqual(restart, report);
    assert.equal(textOf(end.message), "Once upon a time.");
    assert.equal(client.chatOf(runId).filter(isEnd).length, 1);
    assert.deepEqual(await textsOf(sessionKey), ["over a restart", "Once upon a time."]);
    assert.equal(client.hellos.length, 1);
    assert.deepEqual(client.closes, []);
  });

  test("comes by a command in a chat, which is answered once", async () => {
    const [sessionKey, runId] = ["agent:main:by-chat", randomUUID()];
    const generation = await newest();

    await client.request("chat.send", { sessionKey, message: "/restart", idempotencyKey: runId });
    const end = await client.chatEnd(runId);
    const report = await reportAfter(generation);

    assert.match(textOf(end.message), /^A restart has been asked for/);
    assert.match(report.cause, /^\/restart by /);
    assert.equal((await textsOf(sessionKey)).length, 2);
    assert.equal(client.hellos.length, 1);
  });
});
