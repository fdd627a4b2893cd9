// OpenClaw's terminal UI, unmodified, in a terminal: what a person sees who types into it.

import assert from "node:assert/strict";
import { after, afterEach, before, describe, test } from "node:test";
import { Client } from "../../support/client.mjs";
import { OpenClaw } from "../../support/openclaw.mjs";
import { Terminal } from "../../support/terminal.mjs";
import { eventually, expectation } from "../../support/waiting.mjs";
import { world } from "../../support/world.mjs";

describe("OpenClaw's terminal UI", () => {
  let openclaw;
  let terminal;
  before(() => (openclaw = new OpenClaw(world.gateway)));
  after(() => openclaw?.remove());
  afterEach(() => terminal?.close());

  /** Opens it in a conversation of its own. */
  async function open(session) {
    terminal = await Terminal.open(openclaw.command(["tui", "--session", session]), openclaw.environment);
    await terminal.shows("readiness", isIdle);
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

  /** Restarts the gateway, and waits until another generation serves. */
  async function restart() {
    const client = await Client.connect(world.gateway);
    const serving = async () => (await client.request("status", {})).gateway.generation;
    const served = await serving();
    await world.gateway.command(["gateway", "restart"]);
    await eventually("another generation", async () => (await serving()) !== served);
    await client.stop();
  }

  test("shows an answer while it comes, what came before, and what the gateway says of itself", async () => {
    await open("typed");
    const goOn = scriptInTwoParts("a story");

    await terminal.type("hello");
    await terminal.shows("an answer", (screen) => /^You said: hello$/m.test(screen) && isIdle(screen));
    await terminal.type("a story");
    await terminal.shows("its beginning", (screen) => /^Once upon$/m.test(screen));
    goOn();
    await terminal.shows("its end", (screen) => /^Once upon a time\.$/m.test(screen) && isIdle(screen));
    await terminal.type("/status");
    await terminal.shows("a status", (screen) => /^Model: fake\/words$/m.test(screen));

    await terminal.close();
    await open("typed");
    const again = await terminal.shows("the conversation", (screen) => /^Model: /m.test(screen));
    assert.match(again, /^hello\nYou said: hello\na story\nOnce upon a time\.\n/m);
  });

  test("takes an answer back", async () => {
    await open("aborted");
    const goOn = scriptInTwoParts("too long a story");

    await terminal.type("too long a story");
    await terminal.shows("its beginning", (screen) => /^Once upon$/m.test(screen));
    await terminal.press("Escape");

    await terminal.shows("the end of it", (screen) => /run aborted/.test(screen) && !isBusy(screen));
    goOn();
    await terminal.type("and then?");
    await terminal.shows("an answer", (screen) => /^You said: and then\?$/m.test(screen));
  });

  test("does not notice a restart, in the middle of an answer", async () => {
    await open("restarted");
    const goOn = scriptInTwoParts("over a restart");
    await terminal.type("over a restart");
    await terminal.shows("its beginning", (screen) => /^Once upon$/m.test(screen));

    await restart();
    const meanwhile = await terminal.screen();
    goOn();
    const end = await terminal.shows("its end", (screen) => /^Once upon a time\.$/m.test(screen));

    assert.ok(isBusy(meanwhile), meanwhile);
    assert.doesNotMatch(end, /disconnected|reconnected/);
  });

  test("comes back from a crash, and takes up the answer", async () => {
    await open("crashed");
    const goOn = scriptInTwoParts("over a crash");
    await terminal.type("over a crash");
    await terminal.shows("its beginning", (screen) => /^Once upon$/m.test(screen));

    await world.gateway.killGeneration();
    await terminal.shows("its return", (screen) => /gateway reconnected/.test(screen));
    goOn();

    const end = await terminal.shows("its end", (screen) => /^Once upon a time\.$/m.test(screen));
    assert.equal(end.match(/^over a crash$/gm).length, 1, end);
    await terminal.type("and then?");
    await terminal.shows("an answer", (screen) => /^You said: and then\?$/m.test(screen));
  });
});

function isIdle(screen) {
  return /connected \| idle/.test(screen);
}

function isBusy(screen) {
  return /(streaming|thinking|waiting|sending) •/.test(screen);
}
