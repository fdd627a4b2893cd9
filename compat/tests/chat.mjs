// Conversations over chat.*: from a message to its `final`.

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, before, describe, test } from "node:test";
import {
  createSessionProjection,
  reduceSessionProjection,
  reduceSessionProjectionRunEvent,
} from "@openclaw/gateway-client";
import { Client, isEnd, textOf } from "../support/client.mjs";
import { expectation } from "../support/waiting.mjs";
import { world } from "../support/world.mjs";

describe("chat", () => {
  let client;
  before(async () => (client = await Client.connect(world.gateway)));
  after(() => client?.stop());

  function send(sessionKey, message, idempotencyKey = randomUUID()) {
    return client.request("chat.send", { sessionKey, message, idempotencyKey });
  }

  test("streams an answer to its final", async () => {
    const { runId, status } = await send("main", "hello from compat");

    const end = await client.chatEnd(runId);
    const heard = client.chatOf(runId);
    const deltas = heard.filter(({ state }) => state === "delta");

    assert.equal(status, "started");
    assert.equal(end.state, "final");
    assert.equal(end.sessionKey, "agent:main:main");
    assert.equal(textOf(end.message), "You said: hello from compat");
    assert.equal(deltas.map(({ deltaText }) => deltaText).join(""), textOf(end.message));
    assert.equal(textOf(deltas.at(-1).message), textOf(end.message));
    assert.ok(heard.every(({ seq }, at) => at === 0 || seq > heard[at - 1].seq));
    assert.equal(heard.filter(isEnd).length, 1);
  });

  test("tells an agent's lifecycle beside the chat", async () => {
    const { runId } = await send("main", "lifecycle");
    await client.chatEnd(runId);

    const phases = client.events
      .filter(({ event, payload }) => event === "agent" && payload.runId === runId)
      .map(({ payload }) => payload);

    const lifecycle = phases.filter(({ stream }) => stream === "lifecycle").map(({ data }) => data.phase);
    const text = phases.filter(({ stream }) => stream === "assistant").map(({ data }) => data.delta);
    assert.equal(lifecycle.at(0), "start");
    assert.equal(lifecycle.at(-1), "end");
    assert.equal(text.join(""), "You said: lifecycle");
  });

  test("keeps both sides in the history, once, in order", async () => {
    const sessionKey = "agent:main:history";
    for (const message of ["one", "two"]) {
      const { runId } = await send(sessionKey, message, `history-${message}`);
      await client.chatEnd(runId);
    }

    const history = await client.request("chat.history", { sessionKey, limit: 100 });
    const startup = await client.request("chat.startup", { sessionKey, limit: 100 });

    assert.deepEqual(
      history.messages.map((message) => [message.role, textOf(message)]),
      [
        ["user", "one"],
        ["assistant", "You said: one"],
        ["user", "two"],
        ["assistant", "You said: two"],
      ],
    );
    assert.deepEqual(history.messages.map(({ __openclaw }) => __openclaw.seq), [1, 2, 3, 4]);
    assert.equal(history.messages[0].idempotencyKey, "history-one:user");
    assert.deepEqual(startup.messages, history.messages);
    assert.equal(startup.agentsList.agents[0].model.primary, "fake/words");
  });

  test("answers a cursor with what came since, and an unknown one with a reset", async () => {
    const sessionKey = "agent:main:cursor";
    await client.chatEnd((await send(sessionKey, "before")).runId);
    const { deltaCursor } = await client.request("chat.history", { sessionKey });
    await client.chatEnd((await send(sessionKey, "after")).runId);

    const delta = await client.request("chat.history", { sessionKey, cursor: deltaCursor });
    const nothing = await client.request("chat.history", { sessionKey, cursor: delta.deltaCursor });
    const unknown = await client.request("chat.history", { sessionKey, cursor: "bm90IG9uZQ" });

    assert.equal(delta.kind, "delta");
    assert.deepEqual(delta.messages.map(({ message }) => textOf(message)), ["after", "You said: after"]);
    assert.deepEqual(nothing.messages, []);
    assert.deepEqual(unknown, { kind: "reset" });
  });

  test("answers a cursor from before a reset with a reset", async () => {
    const sessionKey = "agent:main:renewed";
    await client.chatEnd((await send(sessionKey, "old times")).runId);
    const { deltaCursor: cursor } = await client.request("chat.history", { sessionKey });

    await client.request("sessions.reset", { key: sessionKey });

    assert.deepEqual(await client.request("chat.history", { sessionKey, cursor }), { kind: "reset" });
    const { messages } = await client.request("chat.history", { sessionKey });
    assert.deepEqual(messages, []);
  });

  test("runs a message once, however often it is sent", async () => {
    const sessionKey = "agent:main:repeat";
    const key = randomUUID();
    const released = expectation("release");
    let asked = 0;
    world.model.script("say it once", async function* () {
      asked++;
      yield "Once";
      await released.promise;
      yield " only.";
    });

    const first = await send(sessionKey, "say it once", key);
    const during = await send(sessionKey, "say it once", key);
    released.resolve();
    await client.chatEnd(key);
    const later = await send(sessionKey, "say it once", key);

    assert.deepEqual([first.runId, during.runId, later.runId], [key, key, key]);
    assert.deepEqual([first.status, during.status, later.status], ["started", "in_flight", "ok"]);
    assert.equal(asked, 1);
    const { messages } = await client.request("chat.history", { sessionKey });
    assert.deepEqual(messages.map(textOf), ["say it once", "Once only."]);
  });

  test("stops an answer on demand and keeps what was said", async () => {
    const sessionKey = "agent:main:abort";
    world.model.script("never stop", async function* () {
      yield "And so on";
      await expectation("end of an answer that was stopped").promise.catch(() => {});
    });
    const { runId } = await send(sessionKey, "never stop");
    await client.event("chat", (chat) => chat.runId === runId && chat.state === "delta");

    const stopped = await client.request("chat.abort", { sessionKey, runId });
    const end = await client.chatEnd(runId);
    const again = await client.request("chat.abort", { sessionKey, runId });

    assert.deepEqual(stopped, { ok: true, aborted: true, runIds: [runId] });
    assert.equal(end.state, "aborted");
    assert.equal(textOf(end.message), "And so on");
    assert.deepEqual(again, { ok: true, aborted: false, runIds: [] });
    const { messages } = await client.request("chat.history", { sessionKey });
    assert.deepEqual(messages.map(textOf), ["never stop", "And so on"]);
  });

  test("ends in a visible error when the model refuses", async () => {
    world.model.refuse("be refused", 400);

    const { runId } = await send("agent:main:refused", "be refused");
    const end = await client.chatEnd(runId);

    assert.equal(end.state, "error");
    assert.ok(end.errorMessage.length > 0);
    const { messages } = await client.request("chat.history", { sessionKey: "agent:main:refused" });
    assert.equal(messages.length, 2);
    assert.equal(messages[1].role, "assistant");
  });

  test("answers a slash command without the model", async () => {
    const { runId } = await send("agent:main:slash", "/help");

    const end = await client.chatEnd(runId);

    assert.equal(end.state, "final");
    assert.match(textOf(end.message), /\/status/);
  });

  test("tells every reader, not only the one who asked", async () => {
    const reader = await Client.connect(world.gateway, { scopes: ["operator.read"] });

    const { runId } = await send("main", "for all to hear");
    const end = await reader.chatEnd(runId);

    assert.equal(textOf(end.message), "You said: for all to hear");
    await reader.stop();
  });

  test("feeds OpenClaw's own projection each message once", async () => {
    const sessionKey = "agent:main:projection";
    const scope = { sessionKey };
    for (const message of ["first", "second"]) {
      await client.chatEnd((await send(sessionKey, message)).runId);
    }
    const { messages } = await client.request("chat.history", { sessionKey });

    let live = createSessionProjection(scope);
    for (const { event, payload } of client.events.filter((e) => e.payload?.sessionKey === sessionKey)) {
      if (event === "session.message") {
        const { message, messageId, messageSeq } = payload;
        const persisted = { type: "messagePersisted", message, messageId, messageSeq, ...scope };
        live = reduceSessionProjection(live, persisted);
      } else if (event === "chat") {
        live = reduceSessionProjectionRunEvent(live, payload, scope)?.projection ?? live;
      }
    }
    const loaded = reduceSessionProjection(live, { type: "snapshotLoaded", messages, ...scope });

    const texts = ["first", "You said: first", "second", "You said: second"];
    assert.deepEqual(live.entries.map(({ message }) => textOf(message)), texts);
    assert.deepEqual(loaded.entries.map(({ message }) => textOf(message)), texts);
  });
});
