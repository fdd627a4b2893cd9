// OpenClaw's own Control UI, served by the gateway, in a browser.

import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { openPage, startBrowser } from "../../support/browser.mjs";
import { Stranger } from "../../support/stranger.mjs";
import { eventually } from "../../support/waiting.mjs";
import { world } from "../../support/world.mjs";

/** Where compat/run has installed it. */
const installation = process.env.EVERGATE_COMPAT_OPENCLAW ?? "";

describe("Control UI", () => {
  const { gateway, model } = world;
  let browser;
  let seen;
  let page;

  before(async () => {
    const root = join(installation, "node_modules/openclaw/dist/control-ui");
    await gateway.command(["config", "set", "gateway.controlUi.root", root]);
    browser = await startBrowser();
    seen = await openPage(browser);
    page = seen.page;
  });
  after(() => browser?.close());

  const composer = () => page.getByPlaceholder(/^Message /);
  const paragraph = (text) => page.getByRole("paragraph").filter({ hasText: text });

  async function say(text) {
    await composer().fill(text);
    await composer().press("Enter");
  }

  /** Until it is loaded again, this page is a marked one. */
  function markPage() {
    return page.evaluate(() => {
      globalThis.isMarked = true;
    });
  }

  const isMarked = () => page.evaluate(() => globalThis.isMarked === true);

  /** Number of the one that serves. */
  async function generation() {
    const answer = await fetch(`${gateway.httpUrl}/readyz`);
    return (await answer.json()).generation;
  }

  test("signs in with the token", async () => {
    await page.goto(gateway.httpUrl);
    await page.getByLabel("Gateway secret").first().fill(gateway.token);
    await page.getByRole("button", { name: "Connect" }).click();

    await composer().waitFor();
  });

  test("shows an answer while it is written", async () => {
    const { goOn } = model.scriptInTwoParts("tell", ["Once upon"], [" a time."]);

    await say("tell");
    await paragraph(/^Once upon$/).waitFor();
    goOn();

    await paragraph(/^Once upon a time\.$/).waitFor();
    assert.equal(await paragraph("tell").count(), 1);
  });

  test("shows what was said before after it is loaded again, without a token", async () => {
    await page.reload();

    await paragraph(/^Once upon a time\.$/).waitFor();
    assert.equal(await paragraph("tell").count(), 1);
  });

  test("finds nothing wrong with the gateway", () => {
    assert.deepEqual(seen.errors, []);
  });

  test("stays connected through a restart, and shows all of the answer", async () => {
    await markPage();
    const { goOn } = model.scriptInTwoParts("a restart", ["Before"], [" and after."]);
    const { sockets } = seen;
    const before = await generation();
    await say("a restart");
    await paragraph(/^Before$/).waitFor();

    await gateway.command(["gateway", "restart"]);
    await eventually("next generation", async () => (await generation()) > before);
    goOn();

    await paragraph(/^Before and after\.$/).waitFor();
    await say("and now");
    await paragraph(/^You said: and now$/).waitFor();
    assert.equal(seen.sockets, sockets);
    assert.equal(await isMarked(), true);
  });

  test("comes back after a crash by itself, and shows the answer that was begun again", async () => {
    await markPage();
    const { goOn } = model.scriptInTwoParts("a crash", ["Cut"], [" and mended."]);
    await say("a crash");
    await paragraph(/^Cut$/).waitFor();

    await gateway.killGeneration();
    goOn();
    await gateway.ready();

    await paragraph(/^Cut and mended\.$/).waitFor();
    assert.equal(await paragraph("Cut").count(), 1);
    await say("hello again");
    await paragraph(/^You said: hello again$/).waitFor();
    assert.equal(await isMarked(), true);
  });

  test("sends its token nowhere else, whatever a link says and who believes it", async () => {
    const stranger = await Stranger.start();
    const misled = await openPage(browser);
    try {
      const link = new URL(gateway.httpUrl);
      link.searchParams.set("gatewayUrl", `ws://evil.example:${stranger.port}`);
      link.hash = `token=${gateway.token}`;
      await misled.page.goto(link.href);
      await misled.page.getByRole("button", { name: /^Switch to evil\.example/ }).click();
      const secret = misled.page.getByLabel("Gateway secret").first();
      const refused = () => misled.errors.some((error) => error.includes("Content Security Policy"));
      const isAsked = () => secret.isVisible();
      await eventually("question for the secret", async () => refused() || isAsked());
      if (!refused()) {
        await secret.fill(gateway.token);
        await misled.page.getByRole("button", { name: "Connect" }).click();
      }

      await eventually(() => `refusal; it saw ${misled.errors}`, refused);
      assert.equal(stranger.told.length, 0);
    } finally {
      await misled.page.close();
      stranger.close();
    }
  });

  test("stops an answer", async () => {
    const { goOn } = model.scriptInTwoParts("no end", ["Still"], [" here."]);
    await say("no end");
    await paragraph(/^Still$/).waitFor();

    await page.getByRole("button", { name: "Stop generating" }).click();

    await page.getByText("Interrupted").first().waitFor();
    goOn();
    await page.reload();
    await paragraph(/^Still$/).waitFor();
  });

  test("is refused when a page of somebody else wears its name", async () => {
    const stranger = createServer((_, response) => {
      response.setHeader("content-type", "text/html").end("<!doctype html><title>x</title>");
    });
    stranger.listen(0, "127.0.0.1");
    await once(stranger, "listening");
    const other = await browser.newPage();
    try {
      await other.goto(`http://127.0.0.1:${stranger.address().port}/`);
      const refusal = await other.evaluate(connect, { url: gateway.url, token: gateway.token });
      const settings = await other.evaluate(
        (url) => fetch(url).then(({ status }) => status, (failure) => failure.name),
        `${gateway.httpUrl}/control-ui-config.json`,
      );

      assert.equal(refusal.error.details.code, "CONTROL_UI_ORIGIN_NOT_ALLOWED");
      assert.equal(settings, "TypeError");
    } finally {
      await other.close();
      stranger.close();
    }
  });
});

/** In a page: introduces itself as the Control UI; the answer to that. */
function connect({ url, token }) {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(url);
    const client = { id: "openclaw-control-ui", version: "1.0.0", platform: "x", mode: "webchat" };
    const params = { minProtocol: 4, maxProtocol: 4, client, auth: { token }, role: "operator" };
    socket.onerror = () => reject(new Error("no connection"));
    socket.onmessage = ({ data }) => {
      const frame = JSON.parse(data);
      if (frame.event === "connect.challenge") {
        socket.send(JSON.stringify({ type: "req", id: "1", method: "connect", params }));
      } else if (frame.id === "1") {
        resolve(frame);
        socket.close();
      }
    };
  });
}
