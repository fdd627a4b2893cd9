// Our own command line, seen from the wire: it must suit OpenClaw's gateway as well as ours.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { asked } from "../support/recorder.mjs";
import { Relay } from "../support/relay.mjs";
import { SchemaCheck } from "../support/schema.mjs";
import { world } from "../support/world.mjs";

const commands = [
  { words: ["agent", "--message", "from the command line"], method: "agent" },
  { words: ["status"], method: "status" },
  { words: ["sessions", "list"], method: "sessions.list" },
  { words: ["devices", "list"], method: "device.pair.list" },
  { words: ["gateway", "call", "models.list"], method: "models.list" },
];

describe("our own command line", () => {
  let relay;
  before(async () => (relay = await Relay.start(world.gateway)));
  after(() => relay?.close());

  for (const { words, method } of commands) {
    test(`asks in OpenClaw's words: evergate ${words.join(" ")}`, async () => {
      const from = asked.length;

      const printed = await world.gateway.command([...words, "--json", "--url", relay.url]);

      const requests = asked.slice(from);
      const check = new SchemaCheck([]);
      assert.equal(typeof JSON.parse(printed), "object");
      assert.equal(requests[0].method, "connect");
      assert.ok(requests.some((request) => request.method === method));
      assert.deepEqual(requests.flatMap((request) => check.requestProblems(request)), []);
    });
  }

  test("finds nothing critical about the gateway, and shows no secret of it", async () => {
    const { gateway } = world;

    const printed = await gateway.command(["security", "audit", "--json"]);

    const { summary, findings } = JSON.parse(printed);
    assert.equal(summary.critical, 0, printed);
    assert.ok(findings.some(({ checkId }) => checkId === "secrets.own_plaintext"));
    assert.equal(printed.includes(gateway.token) || printed.includes(gateway.hookToken), false);
  });
});
