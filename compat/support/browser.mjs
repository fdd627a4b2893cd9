// A browser without a window: the machine's Chromium, driven by playwright-core.

import { accessSync, constants } from "node:fs";
import { createRequire } from "node:module";
import { delimiter, join } from "node:path";
import { PATIENCE_MS } from "./waiting.mjs";

/**
 * Starts one with nothing in it; what it keeps is gone when it is closed.
 * @param folder where OpenClaw is installed, and with it playwright-core
 */
export async function startBrowser(folder) {
  const { chromium } = createRequire(join(folder, "package.json"))("playwright-core");
  return chromium.launch({
    executablePath: process.env.PATH.split(delimiter)
      .map((folder) => join(folder, "chromium"))
      .find(isExecutable),
    args: ["--no-sandbox"], // it may run as root, in a container; it sees nothing but our own pages
    timeout: PATIENCE_MS,
  });
}

/** A page that is watched: what goes wrong in it, and its connections to the gateway. */
export async function openPage(browser) {
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  page.setDefaultTimeout(PATIENCE_MS);
  const seen = { page, errors: [], sockets: 0 };
  page.on("pageerror", (error) => seen.errors.push(error.stack));
  page.on("console", (message) => {
    if (message.type() === "error") {
      seen.errors.push(`${message.text()} (${message.location().url})`);
    }
  });
  page.on("websocket", () => seen.sockets++);
  return seen;
}

function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
