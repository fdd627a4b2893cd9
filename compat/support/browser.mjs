// A browser without a window: the machine's Chromium, driven by playwright-core.

import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import { chromium } from "playwright-core";
import { PATIENCE_MS } from "./waiting.mjs";

/** Where it is; undefined where it is not installed. */
export const browserPath = process.env.PATH.split(delimiter)
  .map((folder) => join(folder, "chromium"))
  .find(isExecutable);

/**
 * Starts one with nothing in it; what it keeps is gone when it is closed. Every name that ends in `.example`
 * is this machine. What it does by itself against pages that reach for local addresses is switched off: the
 * gateway has to stand without that.
 */
export function startBrowser() {
  return chromium.launch({
    executablePath: browserPath,
    args: [
      "--no-sandbox", // it may run as root, in a container; it sees nothing but our own pages
      "--no-proxy-server",
      "--host-resolver-rules=MAP *.example 127.0.0.1",
      "--disable-features=LocalNetworkAccessChecks,HttpsUpgrades",
    ],
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
