// The generation is killed with SIGKILL; whoever was connected comes back and misses nothing.

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, before, describe, test } from "node:test";
import { Client, isEnd, textOf } from "../support/client.mjs";
import { connectParams, RawConnection } from "../support/raw.mjs";
import { eventually, expectation } from "../support/waiting.mjs";
import { world } from "../support/world.mjs";

describe("crashes", () => {
  let client;
  before(async () => (client = await Client.connect(world.gateway)));
  after(() => client?.stop());

  function send(sessionKey, message, idempotencyKey) {
    return client.request("chat.send", { sessionKey, message, idempotencyKey });
  }

  /** Kills the generation and waits until the client has come back by itself. */
  async function crash() {
    const greeted = client.hellos.length;
    await world.gateway.killGeneration();
    await client.connected(greeted + 1);
  }

  /** Has the model begin an answer, and go on with it only when told; returns how to tell it. */
  function scriptInTwoParts(prompt) {
    const released = expectation("release of the model");
    world.model.script(prompt, async function* () {
      yield* ["Once", " upon"];
      await released.promise;
      yield* [" a", " time."];
    });
    return released.resolve;
  }

  /** Connects as often as it is asked to come back (503); anything else it is told is an error. */
  async function greet() {
    return eventually("greeting", async () => {
      try {
        const connection = await RawConnection.open(world.gateway);
        const answer = await connection.ask("1", "connect", connectParams(world.gateway));
        connection.end();
        return answer;
      } catch (failure) {
        assert.match(failure.message, /^Unexpected server response: 503$/);
        return false;
      }
    });
  }

  function firstDelta(runId) {
    return client.event("chat", (chat) => chat.runId === runId && chat.state === "delta");
  }

  test("takes up an answer that was cut, and replaces its beginning", async () => {
    const sessionKey = "agent:main:crash";
    const runId = randomUUID();
    const released = expectation("release of the model");
    world.model.script("a long story", async function* (attempt) {
      if (attempt > 0) {
        await released.promise;
      }
      yield* ["Once", " upon"];
      if (attempt === 0) {
        await released.promise;
      }
      yield* [" a", " time."];
    });
    await send(sessionKey, "before the crash", "crash-before");
    await client.chatEnd("crash-before");
    const { deltaCursor } = await client.request("chat.history", { sessionKey });
    await send(sessionKey, "a long story", runId);
    await firstDelta(runId);

    await crash();
    const since = await client.request("chat.history", { sessionKey, cursor: deltaCursor });
    const repeated = await send(sessionKey, "a long story", runId);
    released.resolve();
    const end = await client.chatEnd(runId);

    assert.equal(since.kind, "delta");
    assert.deepEqual(since.messages.map(({ message }) => textOf(message)), ["a long story"]);
    assert.equal(since.inFlightRun.runId, runId);
    assert.equal(repeated.status, "in_flight");
    assert.equal(end.state, "final");
    assert.equal(textOf(end.message), "Once upon a time.");
    assert.equal(client.chatOf(runId).filter(isEnd).length, 1);
    const shown = client
      .chatOf(runId)
      .filter(({ state }) => state === "delta")
      .reduce((text, { deltaText, replace }) => (replace ? deltaText : text + deltaText), "");
    assert.equal(shown, "Once upon a time.");
    assert.deepEqual(await textsOf(sessionKey), [
      "before the crash",
      "You said: before the crash",
      "a long story",
      "Once upon a time.",
    ]);
  });

  test("numbers a second attempt above the first", async () => {
    const runId = randomUUID();
    const goOn = scriptInTwoParts("numbers");
    await send("agent:main:numbers", "numbers", runId);
    await firstDelta(runId);

    await crash();
    goOn();
    await client.chatEnd(runId);

    const numbers = client.chatOf(runId).map(({ seq }) => seq);
    assert.deepEqual(numbers, numbers.toSorted((a, b) => a - b));
    assert.ok(numbers[0] < 1_000_000);
    assert.ok(numbers.at(-1) > 1_000_000);
  });

  test("answers while the asker is away, and shows it when they are back", async () => {
    const sessionKey = "agent:main:away";
    const runId = randomUUID();
    const goOn = scriptInTwoParts("while I am away");
    const asker = await Client.connect(world.gateway);
    await asker.request("chat.send", { sessionKey, message: "first", idempotencyKey: "away-first" });
    await asker.chatEnd("away-first");
    const { deltaCursor: cursor } = await asker.request("chat.history", { sessionKey });
    await asker.request("chat.send", { sessionKey, message: "while I am away", idempotencyKey: runId });
    await asker.event("chat", (chat) => chat.runId === runId && chat.state === "delta");

    await asker.stop();
    await crash();
    goOn();
    await client.chatEnd(runId);
    const back = await Client.connect(world.gateway);
    const since = await back.request("chat.history", { sessionKey, cursor });

    assert.deepEqual(since.messages.map(({ message }) => textOf(message)), ["while I am away", "Once upon a time."]);
    assert.equal(since.inFlightRun, undefined);
    await back.stop();
  });

  test("runs nothing twice when requests are repeated after a crash", async () => {
    const sessionKey = "agent:main:again";
    const chat = { sessionKey, message: "by chat", idempotencyKey: randomUUID() };
    const agent = { sessionKey, message: "by agent", idempotencyKey: randomUUID() };
    await client.request("chat.send", chat);
    await client.chatEnd(chat.idempotencyKey);
    const before = await client.request("agent", agent, { expectFinal: true });

    await crash();
    const repeatedChat = await client.request("chat.send", chat);
    const repeatedAgent = await client.request("agent", agent, { expectFinal: true });

    assert.deepEqual(repeatedChat, { runId: chat.idempotencyKey, status: "ok" });
    assert.deepEqual(repeatedAgent.result.payloads, before.result.payloads);
    assert.deepEqual(await textsOf(sessionKey), [
      "by chat",
      "You said: by chat",
      "by agent",
      "You said: by agent",
    ]);
  });

  test("answers an agent request that is repeated while its run goes on", async () => {
    const request = {
      sessionKey: "agent:main:resumed",
      message: "agent in two parts",
      idempotencyKey: randomUUID(),
    };
    const goOn = scriptInTwoParts(request.message);
    const accepted = expectation("second acceptance");
    const lost = client.request("agent", request, { expectFinal: true });
    lost.catch(() => {}); // its connection is about to go
    await firstDelta(request.idempotencyKey);

    await crash();
    const repeated = client.request("agent", request, {
      expectFinal: true,
      onAccepted: accepted.resolve,
    });
    await accepted.promise;
    goOn();

    assert.equal((await repeated).result.payloads[0].text, "Once upon a time.");
    await assert.rejects(lost);
  });

  test("refuses no connection while the generation is replaced", async () => {
    await world.gateway.killGeneration();

    const greetings = await Promise.all(Array.from({ length: 20 }, greet));

    assert.ok(greetings.every(({ ok }) => ok));
  });

  test("keeps each message once through three crashes in a row", async () => {
    const sessionKey = "agent:main:thrice";
    const greeted = client.hellos.length;
    const prompts = [1, 2, 3].map((each) => `crash number ${each}`);
    for (const prompt of prompts) {
      await eventually("acceptance", async () => {
        const sent = send(sessionKey, prompt, prompt);
        return sent.then(({ runId }) => runId === prompt).catch(() => false);
      });
      await world.gateway.killGeneration();
    }
    await client.connected(greeted + 1);

    const texts = await eventually("answer to every message", async () => {
      const found = await textsOf(sessionKey).catch(() => []);
      return found.length === 2 * prompts.length && found;
    });

    assert.deepEqual(texts, prompts.flatMap((prompt) => [prompt, `You said: ${prompt}`]));
  });

  async function textsOf(sessionKey) {
    const { messages } = await client.request("chat.history", { sessionKey });
    return messages.map(textOf);
  }
});
