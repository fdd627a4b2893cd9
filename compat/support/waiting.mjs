// Waits for conditions, always with an end.

import { setTimeout as pause } from "node:timers/promises";

/** Long enough for a gateway that starts on a machine with better things to do. */
export const PATIENCE_MS = 60_000;

/** The first value of `probe` that is neither undefined nor false. */
export async function eventually(what, probe, timeoutMs = PATIENCE_MS) {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const value = await probe();
    if (value !== undefined && value !== false) {
      return value;
    }
    if (performance.now() > deadline) {
      throw new Error(`no ${typeof what === "function" ? what() : what} within ${timeoutMs} ms`);
    }
    await pause(20);
  }
}

/** A promise with its handles, refused after `timeoutMs`. */
export function expectation(what, timeoutMs = PATIENCE_MS) {
  const { promise, resolve, reject } = Promise.withResolvers();
  const timer = setTimeout(
    () => reject(new Error(`no ${what} within ${timeoutMs} ms`)),
    timeoutMs,
  );
  const settled = promise.finally(() => clearTimeout(timer));
  settled.catch(() => {}); // whoever awaits it sees it; nobody else must
  return { promise: settled, resolve, reject };
}
