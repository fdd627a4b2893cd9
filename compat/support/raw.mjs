// A bare connection, for what OpenClaw's client never does.

import "./recorder.mjs";
import { WebSocket } from "ws";
import { expectation } from "./waiting.mjs";

/** Parameters of a `connect` that is accepted. */
export function connectParams(gateway) {
  return {
    minProtocol: 4,
    maxProtocol: 4,
    client: { id: "cli", version: "2026.9.1", platform: "linux", mode: "cli" },
    caps: [],
    role: "operator",
    scopes: ["operator.read"],
    auth: { token: gateway.token },
  };
}

/** A connection that has had its challenge. */
export class RawConnection {
  challenge = undefined;
  #socket;
  #frames = [];
  #closed = expectation("close");
  #pending = undefined;

  static async open(gateway, headers = {}) {
    const connection = new RawConnection(gateway, headers);
    const { payload } = await connection.next(({ event }) => event === "connect.challenge");
    connection.challenge = payload;
    return connection;
  }

  constructor(gateway, headers) {
    this.#socket = new WebSocket(gateway.url, { headers });
    this.#socket.on("message", (data) => {
      this.#frames.push(JSON.parse(data.toString("utf8")));
      this.#deliver();
    });
    this.#socket.on("error", (error) => this.#pending?.found.reject(error));
    this.#socket.on("close", (code, reason) => {
      this.#closed.resolve({ code, reason: reason.toString("utf8") });
      this.#pending?.found.reject(new Error(`closed with ${code} ${reason}`));
    });
  }

  /** Sends a request and waits for its first answer. */
  async ask(id, method, params) {
    this.send(JSON.stringify({ type: "req", id, method, params }));
    return this.next((frame) => frame.type === "res" && frame.id === id);
  }

  send(text) {
    this.#socket.send(text);
  }

  /** The first frame that fits, past or to come; each is given once. One wait at a time. */
  next(fits) {
    this.#pending = { fits, found: expectation("frame") };
    const { promise } = this.#pending.found;
    this.#deliver();
    return promise;
  }

  /** How the server closes it. */
  closed() {
    return this.#closed.promise;
  }

  end() {
    this.#socket.terminate();
  }

  #deliver() {
    const at = this.#pending === undefined ? -1 : this.#frames.findIndex(this.#pending.fits);
    if (at >= 0) {
      this.#pending.found.resolve(this.#frames.splice(at, 1)[0]);
      this.#pending = undefined;
    }
  }
}
