// One person's installation of OpenClaw's command line: a home of its own, pointed at a gateway.

import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

/** Where compat/run has installed it. */
const program = join(
  process.env.EVERGATE_COMPAT_OPENCLAW ?? "",
  "node_modules/openclaw/openclaw.mjs",
);
const COMMAND_MS = 120_000;

/** A home, and commands that are run in it. */
export class OpenClaw {
  #home = mkdtempSync(join(tmpdir(), "evergate-compat-openclaw-"));

  /** Its configuration names the gateway and its secret, unless `gateway` says something else. */
  constructor(gateway) {
    const state = join(this.#home, ".openclaw");
    mkdirSync(state);
    const configuration = {
      gateway: { mode: "local", port: gateway.port, auth: gateway.auth },
      logging: { file: join(this.#home, "openclaw.log") },
      update: { checkOnStart: false },
    };
    writeFileSync(join(state, "openclaw.json"), JSON.stringify(configuration), { mode: 0o600 });
  }

  /** What a process of it has as its environment; nothing is inherited but where programs are. */
  get environment() {
    return {
      HOME: this.#home,
      LANG: "C.UTF-8",
      NO_COLOR: "1",
      PATH: `${dirname(process.execPath)}:${process.env.PATH}`,
      TMPDIR: this.#home,
    };
  }

  /** The words that start it. */
  command(words) {
    return [process.execPath, program, ...words];
  }

  /** Runs a command to its end, however that is. */
  run(words) {
    return this.start(words).ended;
  }

  /** Starts a command; what it has said can be read meanwhile. */
  start(words) {
    const [file, ...rest] = this.command(words);
    const options = { cwd: this.#home, env: this.environment, timeout: COMMAND_MS };
    const { promise: ended, resolve } = Promise.withResolvers();
    const program = execFile(file, rest, options, (failure, out, err) => {
      const code = failure === null ? 0 : (failure.code ?? failure.signal);
      resolve({ words, code, out, err });
    });
    let said = "";
    program.stdout.on("data", (text) => (said += text));
    return { ended, said: () => said, end: () => program.kill() };
  }

  /** Removes its home. */
  remove() {
    rmSync(this.#home, { recursive: true, force: true });
  }
}
