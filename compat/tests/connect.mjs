// The handshake: OpenClaw's client gets in, everybody else is told why not.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { readConnectErrorDetailCode } from "@openclaw/gateway-protocol/connect-error-details";
import { GATEWAY_CLIENT_MODES, GATEWAY_CLIENT_NAMES } from "@openclaw/gateway-protocol/client-info";
import { Client, withDevice } from "../support/client.mjs";
import { Gateway } from "../support/gateway.mjs";
import { connectParams, RawConnection } from "../support/raw.mjs";
import { world } from "../support/world.mjs";

describe("connecting", () => {
  test("greets OpenClaw's client and keeps the scopes it asked for", async () => {
    const client = await Client.connect(world.gateway);

    const [hello] = client.hellos;
    assert.equal(hello.protocol, 4);
    assert.equal(hello.auth.role, "operator");
    assert.deepEqual(hello.auth.scopes, ["operator.admin"]);
    assert.ok(hello.policy.maxPayload > 1_000_000);
    await client.stop();
  });

  test("accepts a device's proof", async () => {
    const client = await Client.connect(world.gateway, withDevice());

    assert.deepEqual(client.hellos[0].auth.scopes, ["operator.admin"]);
    await client.stop();
  });

  test("accepts the token as password too", async () => {
    const { token } = world.gateway;
    const client = await Client.connect(world.gateway, { token: undefined, password: token });

    assert.equal((await client.request("health")).ok, true);
    await client.stop();
  });

  test("lets in a client that shows nothing where nothing is asked", async () => {
    const gateway = new Gateway("none");
    await gateway.start(world.model.baseUrl);
    try {
      const client = await Client.connect(gateway, { token: undefined });

      assert.equal(client.hellos[0].auth.method, "none");
      assert.deepEqual(client.hellos[0].auth.scopes, ["operator.admin"]);
      const { gateway: shown } = await client.request("status");
      assert.match(shown.notices.join(), /auth-none: insecure/);
      await client.stop();
    } finally {
      await gateway.stop();
    }
  });

  test("gives a client without a device no scopes unless it is a tool or a backend", async () => {
    const client = await Client.connect(world.gateway, {
      clientName: GATEWAY_CLIENT_NAMES.TEST,
      mode: GATEWAY_CLIENT_MODES.TEST,
    });

    assert.deepEqual(client.hellos[0].auth.scopes, []);
    assert.equal((await client.request("health")).ok, true);
    await assert.rejects(client.request("status"), { gatewayCode: "FORBIDDEN" });
    await client.stop();
  });

  test("names the scope that a call lacks", async () => {
    const client = await Client.connect(world.gateway, { scopes: ["operator.read"] });

    await assert.rejects(
      client.request("chat.send", { sessionKey: "main", message: "x", idempotencyKey: "denied" }),
      {
        gatewayCode: "FORBIDDEN",
        message: /missing scope: operator\.write/,
        details: {
          code: "MISSING_SCOPE",
          missingScope: "operator.write",
          requiredScopes: ["operator.write"],
        },
      },
    );
    await client.stop();
  });

  test("refuses a wrong token in words that OpenClaw's client understands", async () => {
    const paused = Promise.withResolvers();
    const client = new Client(world.gateway, {
      token: "wrong",
      onReconnectPaused: paused.resolve,
    });
    client.start();

    const { code, reason, detailCode } = await paused.promise;

    assert.equal(code, 1008);
    assert.match(reason, /^unauthorized: /);
    assert.equal(detailCode, "AUTH_TOKEN_MISMATCH");
    const { error } = client.closes.find(({ error }) => error !== undefined);
    assert.equal(readConnectErrorDetailCode(error.details), "AUTH_TOKEN_MISMATCH");
    await client.stop();
  });

  const refusals = [
    {
      name: "a first request that is not connect",
      method: "health",
      change: () => {},
      error: { code: "INVALID_REQUEST", message: /first request must be connect/ },
      close: 1008,
    },
    {
      name: "a protocol that is too new",
      change: (params) => Object.assign(params, { minProtocol: 5, maxProtocol: 9 }),
      error: { code: "INVALID_REQUEST", message: /^protocol mismatch$/ },
      details: {
        code: "PROTOCOL_MISMATCH",
        clientMinProtocol: 5,
        clientMaxProtocol: 9,
        expectedProtocol: 4,
        minimumProbeProtocol: 3,
      },
      close: 1002,
    },
    {
      name: "a connect without a client",
      change: (params) => delete params.client,
      error: {
        code: "INVALID_REQUEST",
        message: /^invalid connect params: .*must have required property 'client'/,
      },
      close: 1008,
    },
    {
      name: "an unknown kind of client",
      change: (params) => (params.client.id = "somebody"),
      error: { code: "INVALID_REQUEST", message: /at \/client\/id: must be equal to one of/ },
      close: 1008,
    },
    {
      name: "an unknown role",
      change: (params) => (params.role = "king"),
      error: { code: "INVALID_REQUEST", message: /^invalid role$/ },
      close: 1008,
    },
    {
      name: "neither secret nor device",
      change: (params) => delete params.auth,
      error: { code: "NOT_PAIRED", message: /^device identity required$/ },
      details: { code: "DEVICE_IDENTITY_REQUIRED" },
      close: 1008,
    },
  ];

  for (const { name, method = "connect", change, error, details, close } of refusals) {
    test(`refuses ${name}`, async () => {
      const connection = await RawConnection.open(world.gateway);
      const params = connectParams(world.gateway);
      change(params);

      const answer = await connection.ask("1", method, params);

      assert.equal(answer.ok, false);
      assert.equal(answer.error.code, error.code);
      assert.match(answer.error.message, error.message);
      if (details !== undefined) {
        assert.deepEqual(answer.error.details, details);
      }
      const { code, reason } = await connection.closed();
      assert.equal(code, close);
      assert.ok(Buffer.byteLength(reason) <= 123);
    });
  }

  const firstFrames = [
    { name: "text that is no JSON", text: "hello?", close: { code: 1000, reason: "" } },
    {
      name: "JSON that is no request",
      text: '{"ping":true}',
      close: { code: 1008, reason: "invalid request frame" },
    },
  ];

  for (const { name, text, close } of firstFrames) {
    test(`closes on a first frame of ${name}`, async () => {
      const connection = await RawConnection.open(world.gateway);

      connection.send(text);

      assert.deepEqual(await connection.closed(), close);
    });
  }

  test("ignores keys of connect that it does not know", async () => {
    const connection = await RawConnection.open(world.gateway);
    const params = { ...connectParams(world.gateway), modelCatalog: { sessionKey: "main" } };

    const answer = await connection.ask("1", "connect", params);

    assert.equal(answer.payload.type, "hello-ok");
    connection.end();
  });

  test("answers malformed frames and goes on", async () => {
    const connection = await RawConnection.open(world.gateway);
    await connection.ask("1", "connect", connectParams(world.gateway));

    connection.send("no JSON at all");
    connection.send('{"type":"req","id":"2"}');
    const nameless = await connection.next(({ id }) => id === "2");
    connection.send('{"type":"req","method":"health"}');
    const anonymous = await connection.next(({ id }) => id === "invalid");
    const again = await connection.ask("3", "connect", connectParams(world.gateway));
    const health = await connection.ask("4", "health", {});

    assert.match(nameless.error.message, /invalid request frame: .*required property 'method'/);
    assert.equal(anonymous.error.code, "INVALID_REQUEST");
    assert.equal(again.ok, false);
    assert.equal(health.payload.ok, true);
    connection.end();
  });
});
