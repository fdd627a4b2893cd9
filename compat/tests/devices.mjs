// Devices: paired on this machine at once, from elsewhere when they are approved.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { GATEWAY_CLIENT_MODES, GATEWAY_CLIENT_NAMES } from "@openclaw/gateway-protocol/client-info";
import { readPairingConnectErrorDetails } from "@openclaw/gateway-protocol/connect-error-details";
import { Client, withDevice } from "../support/client.mjs";
import { Device } from "../support/device.mjs";
import { connectParams, RawConnection } from "../support/raw.mjs";
import { world } from "../support/world.mjs";

const elsewhere = { "X-Forwarded-For": "203.0.113.9" }; // through a proxy that is trusted

function commandLine(device, options = {}) {
  return {
    ...withDevice(device),
    clientName: GATEWAY_CLIENT_NAMES.CLI,
    mode: GATEWAY_CLIENT_MODES.CLI,
    scopes: ["operator.read", "operator.write"],
    ...options,
  };
}

describe("devices", () => {
  let owner;
  before(async () => {
    owner = await Client.connect(world.gateway, { scopes: ["operator.admin", "operator.pairing"] });
  });
  after(() => owner?.stop());

  const paired = async ({ id }) => {
    const list = await owner.request("device.pair.list");
    return list.paired.find(({ deviceId }) => deviceId === id);
  };

  test("OpenClaw's client is paired on this machine and comes back with its own token", async () => {
    const device = new Device();
    const first = await Client.connect(world.gateway, commandLine(device));
    const { auth } = first.hellos[0];
    await first.stop();
    assert.equal(auth.method, "token");
    assert.equal(device.tokens.get("operator").token, auth.deviceToken);

    const second = await Client.connect(world.gateway, commandLine(device, { token: undefined }));

    assert.equal(second.hellos[0].auth.method, "device-token");
    assert.equal(second.hellos[0].auth.deviceToken, auth.deviceToken);
    assert.equal((await second.request("status")) !== undefined, true);
    assert.deepEqual((await paired(device)).scopes, ["operator.read", "operator.write"]);
    await second.stop();
  });

  test("OpenClaw's client tries its own token when the shared one is wrong", async () => {
    const device = new Device();
    await (await Client.connect(world.gateway, commandLine(device))).stop();

    const client = await Client.connect(world.gateway, commandLine(device, { token: "wrong" }));

    assert.equal(client.hellos[0].auth.method, "device-token");
    await client.stop();
  });

  test("a rotated token ends what was connected with it, and OpenClaw's client forgets it", async () => {
    const device = new Device();
    await (await Client.connect(world.gateway, commandLine(device))).stop();
    const paused = Promise.withResolvers();
    const onReconnectPaused = paused.resolve;
    const options = commandLine(device, { token: undefined, onReconnectPaused });
    const client = await Client.connect(world.gateway, options);

    const target = { deviceId: device.id, role: "operator" };
    const rotated = await owner.request("device.token.rotate", target);

    assert.equal(rotated.tokenDelivery, "withheld-cross-device");
    assert.deepEqual(await client.closed(), {
      code: 4001,
      reason: "client invalidated: device-token-rotated",
    });
    assert.equal((await paused.promise).detailCode, "AUTH_DEVICE_TOKEN_MISMATCH");
    assert.equal(device.tokens.size, 0);
    await client.stop();
  });

  test("a revoked or removed device is out at once", async () => {
    const device = new Device();
    const first = await Client.connect(world.gateway, commandLine(device));
    await owner.request("device.token.revoke", { deviceId: device.id, role: "operator" });
    assert.equal((await first.closed()).code, 4001);
    await first.stop();
    assert.deepEqual((await paired(device)).tokens, []);

    const second = await Client.connect(world.gateway, commandLine(device));
    await owner.request("device.pair.remove", { deviceId: device.id });
    assert.deepEqual(await second.closed(), { code: 4001, reason: "device removed" });
    await second.stop();
  });

  for (const version of ["v2", "v3"]) {
    test(`from elsewhere a device with a ${version} signature waits for approval`, async () => {
      const device = new Device();
      const visit = async () => {
        const connection = await RawConnection.open(world.gateway, elsewhere);
        const params = device.proven(connection.challenge, connectParams(world.gateway), version);
        return { connection, answer: await connection.ask("1", "connect", params) };
      };
      const refused = await visit();
      const details = readPairingConnectErrorDetails(refused.answer.error.details);
      assert.equal(refused.answer.error.code, "NOT_PAIRED");
      assert.equal(details.reason, "not-paired");
      const { code, reason } = await refused.connection.closed();
      assert.equal(code, 1008);
      assert.match(reason, /^pairing required: .*\(requestId: [0-9a-f-]+\)$/);
      await owner.event("device.pair.requested", ({ deviceId }) => deviceId === device.id);
      const { requestId } = details;
      const { pending } = await owner.request("device.pair.list");
      assert.ok(pending.some((request) => request.requestId === requestId));

      await owner.request("device.pair.approve", { requestId });

      await owner.event("device.pair.resolved", (payload) => payload.requestId === requestId);
      const { connection, answer } = await visit();
      assert.deepEqual(answer.payload.auth.scopes, ["operator.read"]);
      assert.equal(answer.payload.auth.deviceToken.length, 43);
      connection.end();
    });
  }

  test("a device that is turned away can ask again", async () => {
    const device = new Device();
    const ask = async () => {
      const connection = await RawConnection.open(world.gateway, elsewhere);
      const params = device.proven(connection.challenge, connectParams(world.gateway));
      return (await connection.ask("1", "connect", params)).error.details.requestId;
    };
    const requestId = await ask();
    const rejected = await owner.request("device.pair.reject", { requestId });

    assert.deepEqual(rejected, { requestId, deviceId: device.id });
    await assert.rejects(owner.request("device.pair.approve", { requestId }), /unknown requestId/);
    assert.notEqual(await ask(), requestId);
  });

  test("a setup code lets one device in, with a token for each role it may take", async () => {
    const device = new Device();
    const publicUrl = "wss://gateway.example";
    const made = await owner.request("device.pair.setupCode", { publicUrl, includeQr: false });
    const { url, bootstrapToken } = JSON.parse(Buffer.from(made.setupCode, "base64url").toString());
    assert.equal(url, publicUrl);
    const role = "node";
    const asNode = { ...connectParams(world.gateway), role, scopes: [], auth: { bootstrapToken } };
    asNode.client = { ...asNode.client, id: GATEWAY_CLIENT_NAMES.NODE_HOST, mode: GATEWAY_CLIENT_MODES.NODE };
    const visit = async (visitor, headers) => {
      const connection = await RawConnection.open(world.gateway, headers);
      const params = visitor.proven(connection.challenge, asNode);
      const answer = await connection.ask("1", "connect", params);
      connection.end();
      return answer;
    };

    const { auth } = (await visit(device, elsewhere)).payload;

    assert.equal(auth.method, "bootstrap-token");
    assert.equal(auth.deviceTokens[0].role, "operator");
    const { setupId } = made;
    const { completion } = await owner.request("device.pair.setupStatus", { setupId });
    assert.equal(completion.deviceId, device.id);
    const refused = await visit(new Device());
    assert.equal(refused.error.details.code, "AUTH_BOOTSTRAP_TOKEN_INVALID");
    await owner.request("device.pair.setupRevoke", { setupId });

    const second = new Device();
    const another = await owner.request("device.pair.setupCode", { publicUrl });
    const code = JSON.parse(Buffer.from(another.setupCode, "base64url").toString());
    const options = { token: undefined, bootstrapToken: code.bootstrapToken };
    const client = await Client.connect(world.gateway, commandLine(second, options));
    assert.equal(client.hellos[0].auth.method, "bootstrap-token");
    await client.stop();
    const again = await Client.connect(world.gateway, commandLine(second, { token: undefined }));
    assert.equal(again.hellos[0].auth.method, "device-token");
    await again.stop();
  });

  test("a device keeps its token across a restart", async () => {
    const device = new Device();
    const client = await Client.connect(world.gateway, commandLine(device));
    const { token } = device.tokens.get("operator");
    await world.gateway.killGeneration();
    await client.connected(2);

    assert.equal(client.hellos[1].auth.deviceToken, token);
    await client.stop();
  });
});
