// A browser without a window: the machine's Chromium, driven by playwright-core.

import { accessSync, constants } from "node:fs";
import { createRequire } from "node:module";
import { delimiter, join } from "node:path";
import { PATIENCE_MS } from "./waiting.mjs";

const NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

/** Where this machine has one; undefined if it has none. */
export function findBrowser() {
  return process.env.PATH.split(delimiter)
    .flatMap((folder) => NAMES.map((name) => join(folder, name)))
    .find(isExecutable);
}

/**
 * Starts one with nothing in it; what it keeps is gone when it is closed.
 * @param folder where playwright-core is installed
 */
export async function startBrowser(folder) {
  const { chromium } = createRequire(join(folder, "package.json"))("playwright-core");
  return chromium.launch({
    executablePath: findBrowser(),
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
