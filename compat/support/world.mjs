// The one gateway and the one model server that all tests share; importing this starts them.

import { after } from "node:test";
import { Client } from "./client.mjs";
import { Gateway } from "./gateway.mjs";
import { FakeModel } from "./model.mjs";

const model = await FakeModel.start();
const gateway = new Gateway();

// Leaves nothing behind when the run itself is stopped.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
  process.once(signal, async () => {
    await gateway.stop();
    process.exit(1);
  });
}

try {
  await gateway.start(model.baseUrl);
} catch (failure) {
  await gateway.stop();
  console.log(`FAILED  the gateway did not start: ${failure.message}`);
  console.log("\ncompat: 0 passed, 1 failed");
  process.exit(1);
}

after(async () => {
  await Client.stopAll();
  await gateway.stop();
  model.close();
});

/** What the tests work with. */
export const world = { gateway, model };
