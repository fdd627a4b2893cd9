// A gateway of this checkout: its own state directory, a free port, a token of its own.

import { execFile, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { eventually, PATIENCE_MS } from "./waiting.mjs";

const program = fileURLToPath(new URL("../../evergate", import.meta.url));
const OUTPUT_CHARS_MAX = 20_000;
const BUILD_MS = 900_000;
const STOP_MS = 15_000;

/** A running gateway. */
export class Gateway {
  token = randomBytes(24).toString("base64url");
  hookToken = randomBytes(24).toString("base64url");
  /** All that is kept in files, until it is stopped. */
  folder = mkdtempSync(join(tmpdir(), "evergate-compat-"));
  #state = join(this.folder, "state");
  #mode;
  #port;
  #keeper;
  #output = "";

  /** Its token stands for its password too, where the `mode` of its authentication says so. */
  constructor(mode = "token") {
    this.#mode = mode;
  }

  /** Starts it with one model, served at `modelUrl`; it builds first where nothing is built. */
  async start(modelUrl) {
    this.#port = await freePort();
    this.#launch(modelUrl);
    await this.ready(BUILD_MS);
  }

  get port() {
    return this.#port;
  }

  /** How clients sign in, in the words of a configuration. */
  get auth() {
    return this.#mode === "none" ? { mode: "none" } : { mode: this.#mode, [this.#mode]: this.token };
  }

  get url() {
    return `ws://127.0.0.1:${this.#port}`;
  }

  get httpUrl() {
    return `http://127.0.0.1:${this.#port}`;
  }

  /** What it printed; the newest part. */
  get output() {
    return this.#output;
  }

  /** Waits until messages are accepted. */
  async ready(timeoutMs = PATIENCE_MS) {
    await eventually(
      () => `readiness on port ${this.#port}; it printed:\n${this.#output}`,
      async () => {
        if (!this.#isRunning()) {
          throw new Error(`the gateway ended; it printed:\n${this.#output}`);
        }
        const address = `http://127.0.0.1:${this.#port}/readyz`;
        const answer = await fetch(address, { signal: AbortSignal.timeout(2_000) }).catch(() => {});
        await answer?.body?.cancel();
        return answer?.status === 200;
      },
      timeoutMs,
    );
  }

  /** Process id of the generation that serves; the one before may still end its answers. */
  generationPid() {
    const owner = readFileSync(join(this.#state, "run", "owner"), "utf8");
    const keeper = Number(/^pid=(\d+)$/m.exec(owner)[1]);
    return Math.max(...childrenOf(keeper));
  }

  /** Ends the generation as a crash would, and waits until its process is gone. */
  async killGeneration() {
    const found = () => this.generationPid() > 0 && this.generationPid();
    const pid = await eventually("process of a generation", found);
    process.kill(pid, "SIGKILL");
    await eventually("end of the killed generation", () => !isAlive(pid));
  }

  /** Restarts it, and waits until another generation serves. */
  async restart() {
    const served = await this.#generation();
    await this.command(["gateway", "restart"]);
    await eventually("another generation", async () => (await this.#generation()) !== served);
  }

  /** Stops it, at once if it takes too long, and removes what it kept. */
  async stop() {
    if (this.#isRunning()) {
      const ended = once(this.#keeper, "exit");
      this.#keeper.kill("SIGTERM");
      const late = setTimeout(() => this.#kill(), STOP_MS);
      await ended;
      clearTimeout(late);
    }
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** Runs a command of the command line; returns what it printed. */
  async command(words) {
    const state = { EVERGATE_STATE_DIR: this.#state, EVERGATE_GATEWAY_TOKEN: this.token };
    const options = { env: { ...environment(), ...state }, timeout: PATIENCE_MS };
    const { stdout } = await promisify(execFile)(program, words, options);
    return stdout;
  }

  /** Number of the generation that answers. */
  async #generation() {
    const answer = await fetch(`${this.httpUrl}/readyz`, { signal: AbortSignal.timeout(PATIENCE_MS) });
    return (await answer.json()).generation;
  }

  #kill() {
    const generations = childrenOf(this.#keeper.pid);
    this.#keeper.kill("SIGKILL");
    generations.filter(isAlive).forEach((pid) => process.kill(pid, "SIGKILL"));
  }

  #launch(modelUrl) {
    const config = join(this.folder, "evergate.json");
    writeFileSync(config, JSON.stringify(configuration(this, modelUrl)), { mode: 0o600 });
    this.#keeper = spawn(
      program,
      ["gateway", "run", "--port", String(this.#port), "--state-dir", this.#state, "--config", config],
      { env: environment(), stdio: ["ignore", "pipe", "pipe"] },
    );
    for (const stream of [this.#keeper.stdout, this.#keeper.stderr]) {
      stream.setEncoding("utf8").on("data", (text) => {
        this.#output = (this.#output + text).slice(-OUTPUT_CHARS_MAX);
      });
    }
  }

  #isRunning() {
    const { exitCode = 0, signalCode } = this.#keeper ?? {};
    return exitCode === null && signalCode === null;
  }
}

/** Ours, but for what would point at another gateway. */
function environment() {
  const inherited = Object.entries(process.env).filter(
    ([name]) => name === "EVERGATE_BUILD" || !/^(EVERGATE|OPENCLAW)_/.test(name),
  );
  return Object.fromEntries(inherited);
}

function configuration({ auth, hookToken }, baseUrl) {
  const words = { id: "words", name: "Words", contextWindow: 8192 };
  return {
    gateway: {
      auth,
      trustedProxies: ["127.0.0.1"],
      http: { endpoints: { chatCompletions: { enabled: true }, responses: { enabled: true } } },
    },
    hooks: { enabled: true, token: hookToken },
    models: {
      providers: {
        fake: { baseUrl, apiKey: "not-a-secret", api: "openai-completions", models: [words] },
      },
    },
    agents: {
      defaults: { model: { primary: "fake/words" }, memorySearch: { model: "fake/vectors" } },
    },
  };
}

/** A port on loopback that nobody listens at. */
export async function freePort() {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const { port } = probe.address();
  probe.close();
  await once(probe, "close");
  return port;
}

function isAlive(pid) {
  try {
    return stateOf(pid).state !== "Z";
  } catch {
    return false;
  }
}

function childrenOf(parent) {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        const { state, parent: found } = stateOf(pid);
        return found === parent && state !== "Z";
      } catch {
        return false; // it ended meanwhile
      }
    })
    .map(Number);
}

function stateOf(pid) {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  const [state, parent] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return { state, parent: Number(parent) };
}
