// Prints one line a test, what failed in full, and a closing line of counts.

import { inspect } from "node:util";

export default async function* report(events) {
  let passed = 0;
  let failed = 0;
  let skipped = 0;
  const failures = [];
  for await (const { type, data } of events) {
    if (type === "test:stderr" || type === "test:stdout") {
      yield data.message;
    }
    if (type === "test:diagnostic" && data.message.startsWith("Error: ")) {
      failed++; // of no test: what one has left behind
      failures.push({ name: "behind the tests", details: { error: data.message } });
    }
    if (type !== "test:pass" && type !== "test:fail") {
      continue;
    }
    if (data.skip !== undefined) {
      skipped++;
      yield `SKIPPED ${data.name}: ${data.skip}\n`;
      continue;
    }
    // A suite fails by itself when what goes before or behind its tests does.
    const isHook = type === "test:fail" && data.details.error?.failureType === "hookFailed";
    if (data.details.type === "suite" && !isHook) {
      continue;
    }
    const isPassed = type === "test:pass";
    if (isPassed) {
      passed++;
    } else {
      failed++;
      failures.push(data);
    }
    const ms = Math.round(data.details.duration_ms);
    yield `${isPassed ? "ok    " : "FAILED"}  ${data.name} (${ms} ms)\n`;
  }
  for (const { name, details } of failures) {
    yield `\nfailed: ${name}\n${inspect(details.error?.cause ?? details.error)}\n`;
  }
  yield `\ncompat: ${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}\n`;
}
