// Nodes: OpenClaw's client in the role of a node, asked for something by another one.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { GATEWAY_CLIENT_MODES, GATEWAY_CLIENT_NAMES } from "@openclaw/gateway-protocol/client-info";
import { Client, withDevice } from "../support/client.mjs";
import { Device } from "../support/device.mjs";
import { eventually } from "../support/waiting.mjs";
import { world } from "../support/world.mjs";

const scopes = ["operator.admin", "operator.pairing", "operator.read", "operator.write"];

function nodeHost(device, commands, options = {}) {
  return {
    ...withDevice(device),
    clientName: GATEWAY_CLIENT_NAMES.NODE_HOST,
    mode: GATEWAY_CLIENT_MODES.NODE,
    role: "node",
    scopes: [],
    caps: ["camera"],
    commands,
    ...options,
  };
}

describe("nodes", () => {
  const device = new Device();
  let owner;
  let node;

  before(async () => {
    owner = await Client.connect(world.gateway, { scopes });
    node = await Client.connect(world.gateway, nodeHost(device, ["camera.list", "system.run"]));
  });
  after(async () => {
    await owner.request("device.pair.remove", { deviceId: device.id });
    await node?.stop();
    await owner?.stop();
  });

  const row = () => owner.request("node.describe", { nodeId: device.id });
  let key = 0;
  const invoke = (command, options = {}) =>
    owner.request("node.invoke", {
      nodeId: device.id,
      command,
      params: { facing: "front" },
      idempotencyKey: `key-${++key}`,
      ...options,
    });
  const asked = (idempotencyKey) =>
    node.event("node.invoke.request", (payload) => payload.idempotencyKey === idempotencyKey);
  const bring = (id, rest) =>
    node.request("node.invoke.result", { id, nodeId: device.id, ...rest });

  const restarted = async () => {
    const newest = async () => {
      const { restarts } = await owner.request("restarts.list", { limit: 1 });
      return restarts[0]?.generation ?? 0;
    };
    const generation = await newest();
    await owner.request("gateway.restart.request", { reason: "nodes" });
    await eventually("report of the restart", async () => (await newest()) > generation, 60_000);
  };

  test("is paired on this machine, and waits until what it offers is allowed", async () => {
    const { auth } = node.hellos[0];
    assert.deepEqual([auth.role, auth.scopes], ["node", []]);
    assert.equal(device.tokens.get("node").token, auth.deviceToken);
    const wish = await owner.event("node.pair.requested", ({ nodeId }) => nodeId === device.id);
    assert.deepEqual(wish.requiredApproveScopes, ["operator.pairing", "operator.admin"]);
    assert.deepEqual((await row()).commands, []);
    await assert.rejects(invoke("camera.list"), /evergate nodes approve/);

    const { pending } = await owner.request("node.pair.list");
    assert.ok(pending.some(({ requestId }) => requestId === wish.requestId));
    const { node: allowed } = await owner.request("node.pair.approve", { requestId: wish.requestId });

    assert.deepEqual(allowed.commands, ["camera.list", "system.run"]);
    await owner.event("node.pair.resolved", ({ requestId }) => requestId === wish.requestId);
    await node.event("node.pair.resolved", ({ decision }) => decision === "approved");
    const { nodes } = await owner.request("node.list");
    assert.equal(nodes.find(({ nodeId }) => nodeId === device.id).approvalState, "approved");
  });

  test("brings an operator what it was asked for", async () => {
    const answer = invoke("camera.list");
    const request = await asked(`key-${key}`);
    assert.equal(request.paramsJSON, JSON.stringify({ facing: "front" }));

    assert.deepEqual(await bring(request.id, { ok: true, payloadJSON: '{"cameras":[1]}' }), { ok: true });

    assert.deepEqual(await answer, {
      ok: true,
      nodeId: device.id,
      command: "camera.list",
      payload: { cameras: [1] },
      payloadJSON: '{"cameras":[1]}',
    });
    const late = await bring(request.id, { ok: true });
    assert.deepEqual(late, { ok: true, ignored: true });
  });

  test("says what went wrong in its own words", async () => {
    const answer = assert.rejects(invoke("system.run"), /SYSTEM_RUN_DENIED: not today/);
    const { id } = await asked(`key-${key}`);
    await bring(id, { ok: false, error: { code: "SYSTEM_RUN_DENIED", message: "not today" } });
    await answer;

    await assert.rejects(invoke("camera.snap"), /does not offer "camera.snap"/);
    await assert.rejects(invoke("system.run", { timeoutMs: 1 }), /TIMEOUT/);
  });

  test("is told when nobody waits any more", async () => {
    const other = await Client.connect(world.gateway, { scopes });
    const idempotencyKey = `key-${++key}`;
    const given = { nodeId: device.id, command: "camera.list", idempotencyKey };
    const answer = assert.rejects(other.request("node.invoke", given));
    const { id } = await asked(idempotencyKey);

    await other.stop();

    await answer;
    const { nodeId } = await node.event("node.invoke.cancel", (payload) => payload.invokeId === id);
    assert.equal(nodeId, device.id);
  });

  test("calls nothing but what is for nodes", async () => {
    assert.equal((await node.request("node.event", { event: "voice.transcript" })).handled, false);
    await assert.rejects(node.request("sessions.list"), /unauthorized role: node/);
    await assert.rejects(owner.request("node.event", { event: "x" }), /unauthorized role: operator/);
  });

  test("brings it also after a restart in between, without being connected anew", async () => {
    const answer = invoke("camera.list", { timeoutMs: 120_000 });
    const { id } = await asked(`key-${key}`);
    const before = node.hellos.length;

    await restarted();

    assert.deepEqual(await bring(id, { ok: true, payload: 7 }), { ok: true });
    assert.equal((await answer).payload, 7);
    assert.equal(node.hellos.length, before);
  });

  test("has the name people give it", async () => {
    await owner.request("node.rename", { nodeId: device.id, displayName: "Hall" });
    assert.equal((await row()).displayName, "Hall");
    const renamed = await owner.request("device.pair.rename", { deviceId: device.id, label: "Attic" });
    assert.deepEqual(renamed, { deviceId: device.id, label: "Attic" });
    assert.equal((await row()).displayName, "Attic");
  });

  test("has to ask again for what it was turned away with, and ends when it is removed", async () => {
    const other = new Device();
    const turned = await Client.connect(world.gateway, nodeHost(other, ["camera.list"]));
    const wish = await owner.event("node.pair.requested", ({ nodeId }) => nodeId === other.id);
    const { requestId } = wish;
    const rejected = await owner.request("node.pair.reject", { requestId });
    assert.deepEqual(rejected, { requestId, nodeId: other.id });

    await owner.request("node.pair.remove", { nodeId: other.id });

    assert.equal((await turned.closed()).code, 4001);
    await turned.stop();
    const { nodes } = await owner.request("node.list");
    assert.ok(!nodes.some(({ nodeId }) => nodeId === other.id));
  });
});
