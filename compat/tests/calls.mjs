// Plain calls: what is asked for is answered, what is not known is refused by name.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { events, results } from "../support/contract.mjs";
import { GATEWAY_CLIENT_MODES, GATEWAY_CLIENT_NAMES } from "@openclaw/gateway-protocol/client-info";
import { Client, withDevice } from "../support/client.mjs";
import { world } from "../support/world.mjs";

describe("calls", () => {
  let client;
  before(async () => (client = await Client.connect(world.gateway)));
  after(() => client?.stop());

  test("answers health and status", async () => {
    const health = await client.request("health");
    const status = await client.request("status", {});

    assert.equal(health.ok, true);
    assert.equal(typeof health.ts, "number");
    assert.equal(typeof status.runtimeVersion, "string");
  });

  test("lists agents, models and commands", async () => {
    const { defaultId, agents } = await client.request("agents.list", {});
    const { models } = await client.request("models.list", {});
    const { commands } = await client.request("commands.list", {});

    const agent = agents.find(({ id }) => id === defaultId);
    assert.equal(agent.model.primary, "fake/words");
    assert.ok(models.some(({ id, provider }) => provider === "fake" && id.endsWith("words")));
    assert.ok(commands.some(({ name }) => name === "help"));
  });

  test("shows the configuration without its secrets", async () => {
    const shown = await client.request("config.get", {});

    assert.equal(shown.valid, true);
    assert.ok(!JSON.stringify(shown).includes(world.gateway.token));
  });

  test("shows the log", async () => {
    const tail = await client.request("logs.tail", { limit: 10 });

    assert.ok(tail.lines.length > 0);
    assert.equal(typeof JSON.parse(tail.lines[0]).message, "string");
  });

  test("tells why it started", async () => {
    const { events } = await client.request("diagnostics.stability", { limit: 50 });

    assert.ok(events.some(({ type }) => type === "gateway.phase"), JSON.stringify(events[0]));
  });

  test("shows who is there", async () => {
    const entries = await client.request("system-presence", {});

    assert.ok(entries.some(({ reason }) => reason === "self"));
  });

  test("announces who comes", async () => {
    const terminal = await Client.connect(world.gateway, {
      clientName: GATEWAY_CLIENT_NAMES.TUI,
      mode: GATEWAY_CLIENT_MODES.UI,
      clientDisplayName: "compat terminal",
      ...withDevice(),
    });

    const isIn = ({ presence }) =>
      presence.some(({ host, mode, reason }) => host === "compat terminal" && mode === "ui" && reason === "connect");
    const { presence } = await client.event("presence", isIn);

    assert.ok(presence.some(({ reason }) => reason === "self"));
    await terminal.stop();
  });

  test("takes in a system event", async () => {
    assert.deepEqual(await client.request("system-event", { text: "noted" }), { ok: true });
  });

  test("creates, describes, lists, resets and deletes a conversation", async () => {
    const { key, sessionId } = await client.request("sessions.create", { label: "Compat" });

    const described = await client.request("sessions.describe", { key });
    const { sessions } = await client.request("sessions.list", { limit: 100 });
    const reset = await client.request("sessions.reset", { key });
    const renewed = await client.request("sessions.describe", { key });
    const deleted = await client.request("sessions.delete", { key });
    const gone = await client.request("sessions.describe", { key });

    assert.match(key, /^agent:main:dashboard:/);
    assert.equal(described.session.sessionId, sessionId);
    assert.equal(sessions.find((row) => row.key === key).label, "Compat");
    assert.equal(reset.ok, true);
    assert.notEqual(renewed.session.sessionId, sessionId);
    assert.equal(deleted.deleted, true);
    assert.equal(gone.session, null);
  });

  test("lets readers subscribe", async () => {
    const key = "agent:main:main";

    const all = await client.request("sessions.subscribe", {});
    const one = await client.request("sessions.messages.subscribe", { key });
    const none = await client.request("sessions.messages.unsubscribe", { key });

    assert.equal(all.subscribed, true);
    assert.deepEqual(one, { subscribed: true, key });
    assert.deepEqual(none, { subscribed: false, key });
  });

  test("has no history of a conversation that never was", async () => {
    const history = await client.request("chat.history", { sessionKey: "agent:main:nowhere" });

    assert.deepEqual(history.messages, []);
    assert.equal(history.sessionId, undefined);
  });

  test("names an unknown method", async () => {
    await assert.rejects(client.request("no.such.method", {}), {
      gatewayCode: "INVALID_REQUEST",
      message: /unknown method: no\.such\.method/,
    });
  });

  test("names a parameter that is missing or wrong", async () => {
    await assert.rejects(client.request("chat.send", { sessionKey: "main", message: "x" }), {
      gatewayCode: "INVALID_REQUEST",
      message: /must have required property 'idempotencyKey'/,
    });
    await assert.rejects(client.request("sessions.list", { limit: "x" }), {
      gatewayCode: "INVALID_REQUEST",
      message: /at \/limit: must be integer/,
    });
  });

  test("knows every method it advertises", async () => {
    const { features } = client.hellos[0];

    const answers = await Promise.allSettled(
      features.methods
        // A restart moves all clients; it has tests of its own.
        .filter((method) => method !== "connect" && method !== "gateway.restart.request")
        .map((method) => client.request(method, {}, { timeoutMs: 5_000 })),
    );

    const unknown = answers.filter(({ reason }) => /unknown method/.test(reason?.message));
    assert.deepEqual(unknown, []);
  });

  test("advertises only what these tests hold against the schema", () => {
    const { features } = client.hellos[0];

    assert.deepEqual(features.methods.filter((method) => results[method] === undefined), []);
    assert.deepEqual(features.events.filter((event) => events[event] === undefined), []);
  });
});
