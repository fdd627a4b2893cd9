// OpenClaw's command line, unmodified: what it shows, how it exits, what it says when it is not let in.

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, before, describe, test } from "node:test";
import { textOf } from "../../support/client.mjs";
import { Device } from "../../support/device.mjs";
import { freePort, Gateway } from "../../support/gateway.mjs";
import { OpenClaw } from "../../support/openclaw.mjs";
import { connectParams, RawConnection } from "../../support/raw.mjs";
import { eventually } from "../../support/waiting.mjs";
import { world } from "../../support/world.mjs";

/** What a command that only looks shows, as text and as JSON. */
const looks = [
  {
    words: ["gateway", "health"],
    text: /^Gateway Health\nOK/m,
    json: ({ ok, defaultAgentId }) => ok === true && defaultAgentId === "main",
  },
  {
    words: ["gateway", "status"],
    text: /^Connectivity probe: ok$/m,
    json: ({ rpc, port }) => rpc.ok && port.status === "busy",
  },
  {
    words: ["gateway", "probe"],
    text: /^Reachable: yes$/m,
    json: ({ ok, targets }) => ok && targets.every(({ connect }) => connect.ok),
  },
  {
    words: ["gateway", "call", "status"],
    text: /"runtimeVersion"/,
    json: ({ gateway }) => gateway.ready === true,
  },
  {
    words: ["gateway", "call", "models.list"],
    text: /"words"/,
    json: ({ models }) => models.some(({ id, provider }) => id === "words" && provider === "fake"),
  },
  {
    words: ["health"],
    text: /^Agents: main \(default\)$/m,
    json: ({ ok, agents }) => ok === true && agents[0].agentId === "main",
  },
  {
    words: ["status"],
    text: /reachable \d+ms · auth token/,
    json: ({ gateway, agents }) => gateway.reachable && agents.agents[0].id === agents.defaultId,
  },
  {
    words: ["logs", "--limit", "5"],
    text: /^Log file: .*\n\d{4}-\d\d-\d\dT.* info /,
    lines: (lines) => lines[0].type === "meta" && lines[1].type === "log" && lines[1].level === "info",
  },
  {
    words: ["devices", "list"],
    text: /^No device pairing entries\.$/m,
    json: ({ pending, paired }) => pending.length === 0 && paired.length === 0,
  },
  {
    words: ["nodes", "list"],
    text: /^Pending: 0 · Paired: 0/m,
    json: ({ pending, paired }) => pending.length === 0 && paired.length === 0,
  },
  {
    words: ["cron", "list"],
    text: /^No automations\.$/m,
    json: ({ jobs, total }) => jobs.length === 0 && total === 0,
  },
  { words: ["cron", "status"], text: /"jobs": 0/, json: ({ jobs }) => jobs === 0 },
  {
    words: ["channels", "status"],
    text: /^Gateway reachable\.$/m,
    json: ({ channels, channelOrder }) => channelOrder.length === 0 && channels !== undefined,
  },
  {
    words: ["system", "presence"],
    text: /"reason": "self"/,
    json: (entries) => entries.some(({ mode, reason }) => mode === "gateway" && reason === "self"),
  },
];

describe("OpenClaw's command line", () => {
  let openclaw;
  before(() => (openclaw = new OpenClaw(world.gateway)));
  after(() => openclaw?.remove());

  /** Runs a command that must succeed; returns what it printed. */
  async function succeeds(...words) {
    const ended = await openclaw.run(words);
    assert.equal(ended.code, 0, said(ended));
    return ended.out;
  }

  /** Runs a command that must fail; returns all it said. */
  async function fails(home, ...words) {
    const ended = await home.run(words);
    assert.equal(ended.code, 1, said(ended));
    return ended.out + ended.err;
  }

  async function history(sessionKey) {
    const params = JSON.stringify({ sessionKey });
    return JSON.parse(await succeeds("gateway", "call", "chat.history", "--params", params, "--json"));
  }

  const scriptInTwoParts = (prompt) =>
    world.model.scriptInTwoParts(prompt, ["Once", " upon"], [" a", " time."]);

  for (const { words, text, json, lines } of looks) {
    test(`openclaw ${words.join(" ")}`, async () => {
      const [plain, parsed] = await Promise.all([succeeds(...words), succeeds(...words, "--json")]);

      assert.match(plain, text);
      if (lines !== undefined) {
        assert.ok(lines(parsed.trimEnd().split("\n").map(JSON.parse)), parsed);
      } else {
        assert.ok(json(JSON.parse(parsed)), parsed);
      }
    });
  }

  test("a question is answered, and the next one of the same session goes on from there", async () => {
    const session = ["agent", "--session-id", "from-the-command-line"];

    const plain = await succeeds(...session, "--message", "the first");
    const { status, result } = JSON.parse(await succeeds(...session, "--message", "the second", "--json"));
    const { messages } = await history("agent:main:explicit:from-the-command-line");

    assert.equal(plain, "You said: the first\n");
    assert.equal(status, "ok");
    assert.equal(result.payloads[0].text, "You said: the second");
    assert.equal(messages.length, 4);
  });

  test("a question is answered although the gateway restarts meanwhile", async () => {
    const answered = scriptInTwoParts("over a restart");
    const asked = succeeds("agent", "--session-id", "restarted", "--message", "over a restart");
    await answered.begun;

    await world.gateway.restart();
    answered.goOn();

    assert.equal(await asked, "Once upon a time.\n");
  });

  test("a question that a crash cuts is answered all the same, once", async () => {
    const answered = scriptInTwoParts("over a crash");
    const asked = fails(openclaw, "agent", "--session-id", "crashed", "--message", "over a crash");
    await answered.begun;

    await world.gateway.killGeneration();
    const told = await asked;
    await world.gateway.ready();
    answered.goOn();

    assert.match(told, /the Gateway may still be running this turn/);
    const texts = await eventually("the answer", async () => {
      const { messages } = await history("agent:main:explicit:crashed");
      return messages.length > 1 && messages.map(textOf);
    });
    assert.deepEqual(texts, ["over a crash", "Once upon a time."]);
  });

  test("the log is followed through a restart", async () => {
    const following = openclaw.start(["logs", "--follow", "--limit", "1", "--interval", "200"]);
    await eventually("its beginning", () => /^Log file: .*\n.* info /m.test(following.said()));

    await world.gateway.restart();

    await eventually(
      () => `the restart in what it said:\n${following.said()}`,
      () => /Restart from generation \d+ to \d+ .* committed/.test(following.said()),
    );
    following.end();
    await following.ended;
  });

  test("a question that no model answers fails, and says why", async () => {
    world.model.refuse("a bad question", 400);

    const told = await fails(openclaw, "agent", "--message", "a bad question");

    assert.match(told, /refused by script/);
  });

  test("a method that is not there and params that are wrong are named", async () => {
    const unknown = await fails(openclaw, "gateway", "call", "no.such.method");
    const wrong = await fails(openclaw, "gateway", "call", "sessions.list", "--params", `{"limit":"x"}`, "--json");

    assert.match(unknown, /unknown method: no\.such\.method/);
    const { error } = JSON.parse(wrong.slice(wrong.indexOf("{")));
    assert.equal(error.type, "gateway_request_error");
    assert.equal(error.message, "invalid sessions.list params: at /limit: must be integer");
  });

  describe("devices", () => {
    /** A device from elsewhere that asks to be let in; returns its request's id. */
    async function knock(device) {
      const connection = await RawConnection.open(world.gateway, { "X-Forwarded-For": "203.0.113.9" });
      const params = device.proven(connection.challenge, connectParams(world.gateway));
      const answer = await connection.ask("1", "connect", params);
      connection.end();
      return answer;
    }

    async function list() {
      return JSON.parse(await succeeds("devices", "list", "--json"));
    }

    test("are let in, given another token, lose it, and are removed", async () => {
      const device = new Device();
      const role = ["--device", device.id, "--role", "operator"];
      const { requestId } = (await knock(device)).error.details;
      assert.match(await succeeds("devices", "list"), new RegExp(requestId));

      assert.match(await succeeds("devices", "approve", requestId), /^Approved /);
      const first = (await knock(device)).payload.auth.deviceToken;
      const rotated = JSON.parse(await succeeds("devices", "rotate", ...role, "--json"));
      const second = (await knock(device)).payload.auth.deviceToken;
      const revoked = JSON.parse(await succeeds("devices", "revoke", ...role, "--json"));
      const [{ tokens }] = (await list()).paired;
      assert.match(await succeeds("devices", "remove", device.id), /^Removed /);

      assert.equal(rotated.tokenDelivery, "withheld-cross-device");
      assert.notEqual(second, first);
      assert.equal(revoked.deviceId, device.id);
      assert.deepEqual(tokens, []);
      assert.deepEqual(await list(), { pending: [], paired: [] });
    });

    test("are turned away", async () => {
      const { requestId } = (await knock(new Device())).error.details;

      await succeeds("devices", "reject", requestId);

      assert.deepEqual((await list()).pending, []);
      const late = await fails(openclaw, "devices", "approve", requestId);
      assert.match(late, /No pending device request matches/);
    });

    test("can be chosen without knowing which: the newest is named, with its command", async () => {
      const { requestId } = (await knock(new Device())).error.details;

      const named = await fails(openclaw, "devices", "approve", "--latest");

      assert.match(named, new RegExp(`openclaw devices approve ${requestId}`));
      await succeeds("devices", "reject", requestId);
    });
  });

  describe("that is not let in", () => {
    const commands = [["gateway", "health"], ["health"], ["devices", "list"], ["agent", "--message", "hello"]];

    test("says so, and what helps, whatever it wanted: a wrong token", async () => {
      const stranger = new OpenClaw(withSecret(world.gateway, randomUUID()));
      const refused = await Promise.all(commands.map((words) => fails(stranger, ...words)));
      const told = JSON.parse((await stranger.run(["gateway", "health", "--json"])).out);
      const probed = await stranger.run(["gateway", "probe"]);

      for (const said of [...refused, told.error.message, probed.out]) {
        assert.match(said, /unauthorized: gateway token mismatch .*: evergate gateway auth-token --show/);
      }
      assert.equal(told.error.details.code, "AUTH_TOKEN_MISMATCH");
      const token = await world.gateway.command(["gateway", "auth-token"]);
      await stranger.run(["config", "set", "gateway.auth.token", token.trim()]);
      const { code } = await stranger.run(["gateway", "health"]);
      assert.equal(code, 0);
      stranger.remove();
    });

    test("says so, and what helps: a wrong password; the right one opens", async () => {
      const gateway = new Gateway("password");
      await gateway.start(world.model.baseUrl);
      const [knows, guesses] = [gateway, withSecret(gateway, "guessed")].map((each) => new OpenClaw(each));
      try {
        const { code } = await knows.run(["gateway", "health"]);
        const told = await fails(guesses, "gateway", "health");

        assert.equal(code, 0);
        assert.match(told, /gateway password mismatch/);
      } finally {
        [knows, guesses].forEach((each) => each.remove());
        await gateway.stop();
      }
    });

    test("gets in without a secret where nothing is asked", async () => {
      const gateway = new Gateway("none");
      await gateway.start(world.model.baseUrl);
      const openclaw = new OpenClaw(gateway);
      try {
        for (const words of [["gateway", "health"], ["gateway", "call", "status"]]) {
          const { code, out, err } = await openclaw.run(words);
          assert.equal(code, 0, out + err);
        }
      } finally {
        openclaw.remove();
        await gateway.stop();
      }
    });

    test("says so, and what helps: nobody is there", async () => {
      const nobody = new OpenClaw({ ...withSecret(world.gateway, "any"), port: await freePort() });

      const told = await fails(nobody, "gateway", "health");
      const asked = await fails(nobody, "agent", "--message", "hello");

      assert.match(told, /not reachable at .* \(ECONNREFUSED\)/);
      assert.match(asked, /not reachable at .* \(ECONNREFUSED\)/);
      nobody.remove();
    });
  });
});

/** A gateway as somebody sees it who takes `secret` for its own. */
function withSecret({ port, auth: { mode } }, secret) {
  return { port, auth: { mode, [mode]: secret } };
}

function said({ words, code, out, err }) {
  return `openclaw ${words.join(" ")} exited with ${code} and said:\n${out}${err}`;
}
