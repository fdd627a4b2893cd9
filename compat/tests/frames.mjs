// Every frame the other tests got, held against the schema that OpenClaw publishes.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import "../support/world.mjs"; // so that these come after all others
import { events, results } from "../support/contract.mjs";
import { received } from "../support/recorder.mjs";
import { nameOf, readAdditions, SchemaCheck } from "../support/schema.mjs";

// Sent once a minute; its payload is that of the method.
const seldom = "event health";

// There is nothing it could find; that it says so is tried where it is called.
const refused = "answer to cron.get";

describe("frames", () => {
  const agentEvent = {
    type: "event",
    event: "agent",
    payload: { runId: "r", seq: 1, stream: "lifecycle", ts: 1, data: { phase: "start" } },
  };

  test("every frame is JSON text", () => {
    assert.ok(received.length > 0);
    assert.deepEqual(received.filter(({ frame }) => frame === undefined), []);
  });

  const check = new SchemaCheck();

  test("every frame matches the published schema, but for the listed additions", () => {
    const problems = received.flatMap(({ frame, method }) => check.problems(frame, method));

    assert.deepEqual([...new Set(problems.map(unnumbered))], []);
  });

  test("every listed addition occurs", () => {
    assert.deepEqual(check.deadAdditions(), []);
  });

  test("every addition is listed once, with a reason", () => {
    const additions = readAdditions();
    const names = additions.map(({ definition, path, key }) => `${definition}${path}/${key}`);

    assert.deepEqual(names, [...new Set(names)].sort());
    assert.deepEqual(additions.filter(({ reason }) => !/\S/.test(reason)), []);
  });

  test("every described kind of frame occurred", () => {
    const seen = new Set(
      received
        .filter(({ frame }) => frame.type === "event" || frame.ok)
        .map(({ frame, method }) => nameOf(frame, method)),
    );
    const wanted = [
      ...Object.keys(events).map((event) => `event ${event}`),
      ...Object.keys(results).map((method) => `answer to ${method}`),
    ];

    assert.deepEqual(wanted.filter((name) => !seen.has(name) && name !== seldom && name !== refused), []);
  });

  test("events of a connection are numbered from 1 without a gap", () => {
    const last = new Map();
    const gaps = [];
    for (const { connection, frame } of received) {
      if (frame.type === "event" && frame.seq !== undefined) {
        const expected = (last.get(connection) ?? 0) + 1;
        if (frame.seq !== expected) {
          gaps.push({ connection, event: frame.event, expected, seq: frame.seq });
        }
        last.set(connection, frame.seq);
      }
    }

    assert.deepEqual(gaps, []);
  });

  test("the check refuses an addition that is not listed", () => {
    const check = new SchemaCheck([]);
    const extended = { ...agentEvent, payload: { ...agentEvent.payload, extra: 1 } };

    assert.deepEqual(check.problems(agentEvent), []);
    assert.match(check.problems(extended)[0], /AgentEvent must NOT have additional properties extra/);
  });

  test("the check finds a listed addition that is not needed", () => {
    const needed = { definition: "AgentEvent", path: "", key: "extra", reason: "sent" };
    const dead = { definition: "AgentEvent", path: "", key: "runId", reason: "in the schema" };
    const check = new SchemaCheck([needed, { ...needed, key: "absent" }, dead]);

    check.problems({ ...agentEvent, payload: { ...agentEvent.payload, extra: 1 } });

    assert.deepEqual(check.deadAdditions(), ["AgentEvent/absent", "AgentEvent/runId"]);
  });

  test("the check refuses a request with a parameter of our own", () => {
    const check = new SchemaCheck([]);
    const request = { type: "req", id: "1", method: "sessions.list", params: { limit: 1 } };

    assert.deepEqual(check.requestProblems(request), []);
    request.params.ours = true;
    assert.match(check.requestProblems(request)[0], /SessionsListParams .* ours/);
  });

  test("the check refuses a kind of frame that nobody described", () => {
    const check = new SchemaCheck([]);

    assert.throws(() => check.problems({ type: "event", event: "news" }), /event news: not named/);
  });

  function unnumbered(problem) {
    return problem.replace(/\/\d+/g, "/*");
  }
});
