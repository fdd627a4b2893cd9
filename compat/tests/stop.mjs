// The end: ticks until then, a word of goodbye, and a close that clients come back from.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Client } from "../support/client.mjs";
import { world } from "../support/world.mjs";

describe("stopping", () => {
  test("ticks while nothing happens", async () => {
    const client = await Client.connect(world.gateway);
    const { policy } = client.hellos[0];

    const { ts } = await client.event("tick", () => true, "tick", policy.tickIntervalMs + 5_000);

    assert.ok(Math.abs(Date.now() - ts) < policy.tickIntervalMs);
    await client.stop();
  });

  test("says goodbye before it stops", async () => {
    const client = await Client.connect(world.gateway);

    const stopped = world.gateway.stop();
    const { reason } = await client.event("shutdown", () => true);
    const close = await client.closed();
    await stopped;

    assert.equal(reason, "gateway stopping");
    assert.deepEqual(close, { code: 1012, reason: "service restart" });
    await client.stop();
  });
});
