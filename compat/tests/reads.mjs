// What clients look at besides conversations: most of it is not there, and the answers say so.

import assert from "node:assert/strict";
import { createHash, randomUUID } from "node:crypto";
import { after, before, describe, test } from "node:test";
import { Client } from "../support/client.mjs";
import { world } from "../support/world.mjs";

const sessionKey = "agent:main:main";

describe("suspension", () => {
  test("holds the gateway still until it is let go", async () => {
    const client = await Client.connect(world.gateway);
    const { snapshot } = client.hellos[0];

    const held = await client.request("gateway.suspend.prepare", { requestId: randomUUID() });
    const { suspensionId } = held;
    await assert.rejects(client.request("sessions.list", {}), {
      gatewayCode: "UNAVAILABLE",
      message: /sessions\.list unavailable during gateway suspension/,
    });
    const { status } = await client.request("gateway.suspend.status", { suspensionId });
    const ended = await client.request("gateway.suspend.resume", { suspensionId });

    assert.equal(snapshot.suspension.phase, "accepting");
    assert.equal(held.status, "ready");
    assert.equal(status, "ready");
    assert.deepEqual(ended, { ok: true, status: "running", resumed: true });
    await client.event("gateway.suspension", ({ phase }) => phase === "accepting");
    await client.request("sessions.list", {});
    await client.stop();
  });
});

describe("reads", () => {
  let client;
  before(async () => (client = await Client.connect(world.gateway)));
  after(() => client?.stop());

  test("has no channels", async () => {
    const { channels, channelOrder } = await client.request("channels.status", { probe: false });

    assert.deepEqual({ channels, channelOrder }, { channels: {}, channelOrder: [] });
  });

  test("has no scheduled jobs, in pages that are whole", async () => {
    const page = { total: 0, offset: 0, limit: 20, hasMore: false, nextOffset: null };

    const { snapshotRevision, ...listed } = await client.request("cron.list", { limit: 20 });

    assert.ok(snapshotRevision.length > 0);
    assert.deepEqual(listed, { jobs: [], ...page });
    assert.deepEqual(await client.request("cron.runs", { scope: "all", limit: 20 }), {
      entries: [],
      ...page,
    });
    assert.equal((await client.request("cron.status")).jobs, 0);
    await assert.rejects(client.request("cron.get", { id: "x" }), {
      gatewayCode: "INVALID_REQUEST",
      message: /cron job not found: x/,
    });
  });

  test("has nothing to decide and nothing to do", async () => {
    assert.deepEqual(await client.request("question.list"), { questions: [] });
    assert.deepEqual(await client.request("exec.approval.list"), []);
    assert.deepEqual(await client.request("plugin.approval.list"), []);
    assert.deepEqual(await client.request("openclaw.approval.list"), []);
    assert.deepEqual(await client.request("tasks.list", { sessionKey }), { tasks: [] });
    assert.deepEqual(await client.request("taskSuggestions.list"), { suggestions: [] });
  });

  test("has no projects, boards, cards or panels", async () => {
    assert.deepEqual(await client.request("projects.list"), { projects: [], recents: [] });
    assert.deepEqual(await client.request("progressCard.get", { sessionKey }), { card: null });
    assert.deepEqual((await client.request("plugins.controlUi.list")).plugins, []);
    assert.deepEqual((await client.request("users.prefs.get", { keys: ["ui.theme"] })).entries, {});
    assert.deepEqual(await client.request("board.get", { sessionKey }), {
      sessionKey,
      revision: 0,
      tabs: [],
      widgets: [],
    });
  });

  test("is one gateway with one agent and one owner", async () => {
    const { deviceId, publicKey } = await client.request("gateway.identity.get");
    const hash = createHash("sha256").update(Buffer.from(publicKey, "base64url"));

    assert.equal(deviceId, hash.digest("hex"));
    assert.equal((await client.request("gateway.identity.get")).deviceId, deviceId);
    assert.equal((await client.request("agent.identity.get", { agentId: "main" })).agentId, "main");
    assert.equal((await client.request("users.self")).profile.id, "gateway-owner");
    assert.equal((await client.request("update.status")).updateAvailable, null);
    assert.ok((await client.request("system.info")).pid > 0);
    assert.deepEqual((await client.request("usage.status")).providers, []);
    assert.deepEqual((await client.request("skills.status", { agentId: "main" })).skills, []);
  });

  test("tells who did what", async () => {
    await client.request("system-event", { text: "written down" });
    const { entries } = await client.request("audit.entries", { action: "system-event", limit: 2 });

    assert.deepEqual(entries.map(({ result }) => result), ["ok", "asked"]);
    assert.equal(entries[0].previous, entries[1].hash);
  });

  test("tells which providers it has", async () => {
    const { providers } = await client.request("models.authStatus", { agentId: "main" });

    assert.deepEqual(providers.map(({ provider }) => provider), ["fake"]);
  });

  test("tells what was used", async () => {
    const { daily, totals } = await client.request("usage.cost", { days: 2 });

    assert.equal(typeof totals.totalTokens, "number");
    assert.ok(daily.every(({ date }) => /^\d{4}-\d\d-\d\d$/.test(date)));
  });

  test("is woken", async () => {
    assert.deepEqual(await client.request("wake", { mode: "now", text: "noted" }), { ok: true });
  });
});
