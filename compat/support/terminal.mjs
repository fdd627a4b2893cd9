// A terminal that a program runs in, with somebody who types and reads: tmux.

import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { eventually } from "./waiting.mjs";

const COLUMNS = 110;
const ROWS = 50;
const TMUX_MS = 20_000;

/** A running terminal. */
export class Terminal {
  #folder = mkdtempSync(join(tmpdir(), "evergate-compat-terminal-"));
  #environment;

  /** Opens one in which `command` runs. */
  static async open(command, environment) {
    const terminal = new Terminal(environment);
    const size = ["-x", String(COLUMNS), "-y", String(ROWS)];
    await terminal.#tmux("-f", "/dev/null", "new-session", "-d", ...size, ...command);
    return terminal;
  }

  constructor(environment) {
    this.#environment = environment;
  }

  /** What stands on it, without what is blank. */
  async screen() {
    const text = await this.#tmux("capture-pane", "-p", "-J");
    return text.replaceAll(/[ \t]+$/gm, "").replaceAll(/\n{2,}/g, "\n");
  }

  /** Waits until what stands on it fits, and returns that. */
  async shows(what, fits) {
    let screen = "";
    return eventually(
      () => `${what} on the screen:\n${screen}`,
      async () => {
        screen = await this.screen();
        return fits(screen) && screen;
      },
    );
  }

  /** Types a line, and the key that ends it. */
  async type(line) {
    await this.#tmux("send-keys", "-l", line);
    await this.press("Enter");
  }

  /** Presses a key, by tmux's name of it. */
  async press(key) {
    await this.#tmux("send-keys", key);
  }

  /** Ends what runs in it. */
  async close() {
    await this.#tmux("kill-server").catch(() => {}); // it has ended by itself
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async #tmux(...words) {
    const socket = join(this.#folder, "socket");
    const options = { env: this.#environment, timeout: TMUX_MS };
    const { stdout } = await promisify(execFile)("tmux", ["-S", socket, ...words], options);
    return stdout;
  }
}
