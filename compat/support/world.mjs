// The one gateway and the one model server that all tests share; there from the first test on.

import { after, before } from "node:test";
import { Client } from "./client.mjs";
import { Gateway } from "./gateway.mjs";
import { FakeModel } from "./model.mjs";

/** What the tests work with. */
export const world = { gateway: undefined, model: undefined };

before(
  async () => {
    world.model = await FakeModel.start();
    world.gateway = await Gateway.start(world.model.baseUrl);
  },
  { timeout: 960_000 },
);

after(
  async () => {
    await Client.stopAll();
    await world.gateway?.stop();
    world.model?.close();
  },
  { timeout: 60_000 },
);

// Leaves nothing behind when the run itself is stopped.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
  process.once(signal, () => {
    world.gateway?.kill();
    process.exit(1);
  });
}
