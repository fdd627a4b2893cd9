// What clients do with conversations besides talking: settle, find, look into, shorten.

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, before, describe, test } from "node:test";
import { Client, textOf } from "../support/client.mjs";
import { world } from "../support/world.mjs";

describe("sessions", () => {
  let client;
  before(async () => (client = await Client.connect(world.gateway)));
  after(() => client?.stop());

  async function say(key, message) {
    const { runId, status } = await client.request("sessions.send", {
      key,
      message,
      idempotencyKey: randomUUID(),
    });
    assert.equal(status, "started");
    return client.chatEnd(runId);
  }

  async function command(key, text) {
    return textOf((await say(key, text)).message);
  }

  test("settles what is sent, tells everybody, and takes it back", async () => {
    const { key, entry } = await client.request("sessions.create", {
      label: "Plans",
      category: "Travel",
      parentSessionKey: "agent:main:main",
    });

    const patched = await client.request("sessions.patch", {
      key,
      pinned: true,
      icon: "map",
      model: "fake/words",
      thinkingLevel: "low",
    });
    const told = await client.event(
      "sessions.changed",
      ({ sessionKey, reason }) => sessionKey === key && reason === "patch",
    );
    const { groups } = await client.request("sessions.groups.list", {});
    const { sessions } = await client.request("sessions.list", { label: "Plans" });
    await client.request("sessions.patch", { key, archived: true, model: null, pinned: false });
    const current = await client.request("sessions.list", { label: "Plans" });
    const archived = await client.request("sessions.list", { label: "Plans", archived: true });

    assert.equal(entry.parentSessionKey, "agent:main:main");
    assert.equal(patched.ok, true);
    assert.equal(patched.resolved.model, "words");
    assert.equal(told.session.pinned, true);
    assert.equal(told.session.icon, "map");
    assert.ok(groups.some(({ name }) => name === "Travel"));
    assert.equal(sessions[0].thinkingLevel, "low");
    assert.equal(current.count, 0);
    assert.equal(archived.sessions[0].key, key);
    assert.equal(archived.sessions[0].modelOverrideSource, null);
    await assert.rejects(client.request("sessions.patch", { key, model: "no/such" }), {
      gatewayCode: "INVALID_REQUEST",
      message: /model "no\/such" is not configured \(expected one of: fake\/words/,
    });
  });

  test("finds a conversation and shows what is said in it", async () => {
    const { key, sessionId } = await client.request("sessions.create", { label: "Found" });
    await say(key, "where are you");

    const bySession = await client.request("sessions.resolve", { sessionId });
    const byLabel = await client.request("sessions.resolve", { label: "Found" });
    const nowhere = await client.request("sessions.resolve", { key: "nope", allowMissing: true });
    const { previews } = await client.request("sessions.preview", { keys: [key, "nope"] });
    const { messages } = await client.request("sessions.get", { key });
    const messageId = messages[0].__openclaw.id;
    const one = await client.request("chat.message.get", { sessionKey: key, messageId });
    const around = await client.request("chat.history", { sessionKey: key, messageId, limit: 1 });

    assert.equal(bySession.key, key);
    assert.equal(byLabel.key, key);
    assert.deepEqual(nowhere, { ok: false });
    assert.deepEqual(previews[0].items, [
      { role: "user", text: "where are you" },
      { role: "assistant", text: "You said: where are you" },
    ]);
    assert.equal(previews[1].status, "missing");
    assert.equal(textOf(one.message), "where are you");
    assert.deepEqual(around.messages.map(textOf), ["where are you"]);
    assert.equal(around.hasMore, false);
  });

  test("marks as read without changing anything else", async () => {
    const { key } = await client.request("sessions.create", {});
    await say(key, "unread");
    const { session: before } = await client.request("sessions.describe", { key });

    await client.request("sessions.patch", { key, unread: false, expectedMarkedUnreadAt: null });
    const { session: after } = await client.request("sessions.describe", { key });

    assert.equal(before.unread, true);
    assert.equal(before.derivedTitle, "unread");
    assert.equal(after.unread, false);
    assert.equal(after.updatedAt, before.updatedAt);
  });

  test("puts words into the agent's mouth", async () => {
    const { key } = await client.request("sessions.create", {});

    const { messageId } = await client.request("chat.inject", {
      sessionKey: key,
      message: "by the way",
      label: "note",
    });
    const end = await client.chatEnd(`inject-${messageId}`);

    assert.equal(textOf(end.message), "[note]\n\nby the way");
    const { messages } = await client.request("sessions.get", { key });
    assert.equal(textOf(messages.at(-1)), "[note]\n\nby the way");
  });

  test("stops a run by its name alone", async () => {
    const nothing = await client.request("sessions.abort", { runId: "no-such-run" });

    assert.deepEqual(nothing, { ok: true, abortedRunId: null, status: "no-active-run" });
  });

  test("has a conversation summed up, and cut", async () => {
    const { key } = await client.request("sessions.create", {});
    for (const word of ["one", "two", "three"]) {
      await say(key, word);
    }

    const compacted = await client.request("sessions.compact", { key });
    const over = await client.event(
      "session.operation",
      ({ sessionKey, phase }) => sessionKey === key && phase === "end",
    );
    const { messages } = await client.request("sessions.get", { key });
    const cut = await client.request("sessions.compact", { key, maxLines: 1 });
    const again = await client.request("sessions.compact", { key, maxLines: 100 });

    assert.equal(compacted.compacted, true, JSON.stringify(compacted));
    assert.equal(over.completed, true);
    assert.equal(messages.at(-1).__openclaw.kind, "compaction");
    assert.match(textOf(messages.at(-1)), /User: one/); // the model says what it is told
    assert.equal(textOf(messages[0]), "one");
    assert.equal(cut.compacted, true);
    assert.equal(cut.kept, 1);
    assert.equal(again.compacted, false);
  });

  test("settles by commands, too", async () => {
    const { key } = await client.request("sessions.create", {});
    await say(key, "first");

    assert.match(await command(key, "/model fake/words"), /From the next message on: fake\/words/);
    assert.match(await command(key, "/model nothing"), /Not changed: model "nothing"/);
    assert.match(await command(key, "/think high"), /thinking high/);
    assert.match(await command(key, "/models"), /fake\/words/);
    assert.match(await command(key, "/context"), /The model sees about/);
    assert.match(await command(key, "/usage"), /tokens in/);
    const { session } = await client.request("sessions.describe", { key });
    assert.equal(session.modelOverrideSource, "user");
    assert.equal(session.thinkingLevel, "high");
  });

  test("tells a composer what there is", async () => {
    const { models, commands } = await client.request("chat.metadata", {});

    assert.ok(models.some(({ id }) => id === "words"));
    assert.ok(commands.some(({ name }) => name === "compact"));
  });
});
