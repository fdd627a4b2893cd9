// OpenClaw's terminal UI, unmodified, in a terminal: what a person sees who types into it.

import assert from "node:assert/strict";
import { after, afterEach, before, describe, test } from "node:test";
import { OpenClaw } from "../../support/openclaw.mjs";
import { Terminal } from "../../support/terminal.mjs";
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

  const scriptInTwoParts = (prompt) =>
    world.model.scriptInTwoParts(prompt, ["Once", " upon"], [" a", " time."]);

  test("shows an answer while it comes, what came before, and what the gateway says of itself", async () => {
    await open("typed");
    const { goOn } = scriptInTwoParts("a story");

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

  test("begins anew, and chooses who answers and how much they think", async () => {
    await open("chosen");

    await terminal.type("/model fake/words");
    await terminal.shows("the model", (screen) => /model set to fake\/words/.test(screen));
    await terminal.type("/think high");
    await terminal.shows("how much it thinks", (screen) => /\| words high \|/.test(screen));
    await terminal.type("/new");
    await terminal.shows("another conversation", (screen) => /new session: /.test(screen));
    await terminal.type("hello there");

    const screen = await terminal.shows("an answer", (text) => /^You said: hello there$/m.test(text));
    assert.doesNotMatch(screen, /\| words high \|/);
  });

  test("takes an answer back", async () => {
    await open("aborted");
    const { goOn } = scriptInTwoParts("too long a story");

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
    const { goOn } = scriptInTwoParts("over a restart");
    await terminal.type("over a restart");
    await terminal.shows("its beginning", (screen) => /^Once upon$/m.test(screen));

    await world.gateway.restart();
    const meanwhile = await terminal.screen();
    goOn();
    const end = await terminal.shows("its end", (screen) => /^Once upon a time\.$/m.test(screen));

    assert.ok(isBusy(meanwhile), meanwhile);
    assert.doesNotMatch(end, /disconnected|reconnected/);
  });

  test("comes back from a crash, and takes up the answer", async () => {
    await open("crashed");
    const { goOn } = scriptInTwoParts("over a crash");
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
