// OpenClaw's own client, with everything it hears kept in order.

import "./recorder.mjs";
import { GatewayClient } from "@openclaw/gateway-client";
import { Device } from "./device.mjs";
import { expectation } from "./waiting.mjs";

const clients = new Set();

/** One client; comes back by itself when its connection is lost. */
export class Client {
  /** Events of all its connections. */
  events = [];
  hellos = [];
  closes = [];
  gaps = [];
  #waiting = new Set();
  #client;

  /** Connects as the library does by default, with `options` of the library on top. */
  static async connect(gateway, options = {}) {
    const client = new Client(gateway, options);
    client.start();
    await client.connected(1);
    return client;
  }

  /** Ends every client that is still there. */
  static async stopAll() {
    await Promise.all([...clients].map((client) => client.stop()));
  }

  constructor(gateway, options) {
    this.#client = new GatewayClient({
      url: gateway.url,
      token: gateway.token,
      caps: ["tool-events"],
      onHelloOk: (hello) => this.#note(this.hellos, hello),
      onEvent: (event) => this.#note(this.events, event),
      onGap: (gap) => this.#note(this.gaps, gap),
      onClose: (code, reason) => this.#note(this.closes, { code, reason }),
      onConnectError: (error) => this.#note(this.closes, { error }),
      ...options,
    });
  }

  start() {
    clients.add(this);
    this.#client.start();
  }

  request(method, params = {}, options = undefined) {
    return this.#client.request(method, params, options);
  }

  /** Waits until it has been greeted `times` times. */
  async connected(times) {
    await this.#until(`hello ${times}`, () => this.hellos.length >= times);
    return this.hellos[times - 1];
  }

  /** The first event, past or to come, whose payload fits. */
  async event(name, fits, what = name, timeoutMs = undefined) {
    const found = () => this.events.find(({ event, payload }) => event === name && fits(payload));
    await this.#until(what, found, timeoutMs);
    return found().payload;
  }

  /** How its first connection was closed. */
  async closed() {
    const found = () => this.closes.find(({ code }) => code !== undefined);
    await this.#until("close", found);
    return found();
  }

  /** The `chat` events of a run so far. */
  chatOf(runId) {
    return this.events
      .filter(({ event, payload }) => event === "chat" && payload.runId === runId)
      .map(({ payload }) => payload);
  }

  /** The `chat` event a run ends with. */
  chatEnd(runId) {
    return this.event("chat", (payload) => payload.runId === runId && isEnd(payload), `end of ${runId}`);
  }

  async stop() {
    clients.delete(this);
    await this.#client.stopAndWait({ timeoutMs: 5_000 });
  }

  async #until(what, probe, timeoutMs = undefined) {
    if (probe()) {
      return;
    }
    const wanted = expectation(what, timeoutMs);
    const look = () => probe() && wanted.resolve();
    this.#waiting.add(look);
    try {
      await wanted.promise;
    } catch (failure) {
      failure.message += `; it saw ${JSON.stringify({
        closes: this.closes.map(({ code, reason, error }) => error?.message ?? `${code} ${reason}`),
        events: this.events.slice(-10).map(({ event, payload }) => [event, payload]),
      })}`;
      throw failure;
    } finally {
      this.#waiting.delete(look);
    }
  }

  #note(list, entry) {
    list.push(entry);
    this.#waiting.forEach((look) => look());
  }
}

/** Whether a `chat` payload is the last of its run. */
export function isEnd({ state }) {
  return state === "final" || state === "aborted" || state === "error";
}

/** The text of a message. */
export function textOf({ content }) {
  return typeof content === "string" ? content : content.map(({ text }) => text).join("");
}

/** Options of a client that proves a device identity of its own, and keeps the tokens it is given. */
export function withDevice(device = new Device()) {
  return {
    deviceIdentity: device.identity,
    hostDeps: {
      signDevicePayload: (_, payload) => device.sign(payload),
      publicKeyRawBase64UrlFromPem: () => device.publicKey,
      loadDeviceAuthToken: ({ role }) => device.tokens.get(role) ?? null,
      storeDeviceAuthToken: ({ role, token, scopes }) => device.tokens.set(role, { token, scopes }),
      clearDeviceAuthToken: ({ role }) => device.tokens.delete(role),
    },
  };
}
