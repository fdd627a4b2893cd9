// The configuration of a gateway that runs: read, changed, refused, taken back.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { Client } from "../support/client.mjs";
import { world } from "../support/world.mjs";

const REDACTED = "__OPENCLAW_REDACTED__";

describe("configuration", () => {
  let client;
  let original;
  before(async () => {
    client = await Client.connect(world.gateway);
    original = await client.request("config.get", {});
  });
  after(async () => {
    const { hash } = await client.request("config.get", {});
    await client.request("config.set", { raw: original.raw, baseHash: hash });
    await client.stop();
  });

  async function baseHash() {
    const { hash } = await client.request("config.get", {});
    return hash;
  }

  test("is shown in every view, with placeholders for secrets", () => {
    for (const view of ["parsed", "sourceConfig", "resolved", "runtimeConfig", "config"]) {
      assert.equal(original[view].gateway.auth.token, REDACTED, view);
    }
    assert.equal(original.exists, true);
    assert.match(original.hash, /^hmac-sha256:v1:[\w-]{43}$/);
    assert.equal(original.configRevisionHash, original.appliedConfigHash);
    assert.deepEqual(original.issues, []);
  });

  test("is patched, told to everybody, and in force when it is answered", async () => {
    const raw = JSON.stringify({ agents: { defaults: { maxConcurrent: 5 } } });

    const answer = await client.request("config.patch", { raw, baseHash: await baseHash(), note: "compat" });

    assert.equal(answer.ok, true);
    assert.deepEqual(answer.changedPaths, ["agents.defaults.maxConcurrent"]);
    assert.equal(answer.config.gateway.auth.token, REDACTED);
    assert.equal(answer.sentinel.payload.stats.requiresRestart, false);
    assert.equal(answer.sentinel.payload.message, "compat");
    const changed = await client.event("config.changed", ({ hash }) => hash === answer.hash);
    assert.equal(changed.path, answer.path);
    assert.equal(typeof changed.ts, "number");
    const { config, hash } = await client.request("config.get", {});
    assert.equal(config.agents.defaults.maxConcurrent, 5);
    assert.equal(hash, answer.hash);
  });

  test("keeps its secrets when the placeholder is written back", async () => {
    const { raw, hash } = await client.request("config.get", {});

    const answer = await client.request("config.set", { raw, baseHash: hash });

    assert.equal(answer.hash, hash);
    const again = await Client.connect(world.gateway);
    await again.stop();
  });

  test("is applied as a whole document", async () => {
    const { raw, hash } = await client.request("config.get", {});
    const other = raw.replace(/\}\s*$/, ', commands: { text: true } }\n');

    const answer = await client.request("config.apply", { raw: other, baseHash: hash, note: "compat" });

    assert.equal(answer.ok, true);
    assert.deepEqual(answer.changedPaths, ["commands"]);
    assert.equal(await baseHash(), answer.hash);
  });

  test("needs the base it was made from", async () => {
    await assert.rejects(client.request("config.set", { raw: "{}" }), {
      message: /config base hash required; re-run config\.get and retry/,
    });
    await assert.rejects(client.request("config.set", { raw: "{}", baseHash: "bad" }), {
      message: /config changed since last load; re-run config\.get and retry/,
    });
  });

  test("is refused with everything that is wrong", async () => {
    const raw = JSON.stringify({ gateway: { zzzqqq: 1 } });
    const before = await baseHash();

    await assert.rejects(client.request("config.patch", { raw, baseHash: before }), (error) => {
      assert.match(error.message, /invalid config: gateway: Unrecognized key: "zzzqqq"/);
      assert.deepEqual(error.details.issues, [
        { path: "gateway", message: 'Unrecognized key: "zzzqqq"' },
      ]);
      return true;
    });

    assert.equal(await baseHash(), before);
  });

  test("is described as a whole and key by key", async () => {
    const { schema, version } = await client.request("config.schema", {});
    const port = await client.request("config.schema.lookup", { path: "gateway.port" });

    assert.equal(typeof schema.properties.gateway, "object");
    assert.equal(typeof version, "string");
    assert.equal(port.path, "gateway.port");
    assert.equal(port.schema.maximum, 65535);
    assert.equal(port.reloadKind, "hot");
    await assert.rejects(client.request("config.schema.lookup", { path: "no.where" }));
  });

  test("has a past, and goes back to it", async () => {
    const raw = JSON.stringify({ agents: { defaults: { maxConcurrent: 6 } } });
    await client.request("config.patch", { raw, baseHash: await baseHash() });
    const { entries } = await client.request("config.history", { limit: 2 });

    const { changes } = await client.request("config.diff", {
      from: entries[1].number,
      to: entries[0].number,
    });
    await client.request("config.undo", {});

    assert.equal(entries[0].inForce, true);
    assert.deepEqual(changes[0].path, "agents.defaults.maxConcurrent");
    const { config } = await client.request("config.get", {});
    assert.notEqual(config.agents.defaults.maxConcurrent, 6);
  });
});
