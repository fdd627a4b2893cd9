// Stands between a client and the gateway, so that the recorder sees both sides.

import "./recorder.mjs";
import { once } from "node:events";
import { WebSocket, WebSocketServer } from "ws";

/** A running relay. */
export class Relay {
  #server;

  static async start(gateway) {
    const relay = new Relay();
    relay.#server = new WebSocketServer({ host: "127.0.0.1", port: 0 });
    relay.#server.on("connection", (client) => join(client, new WebSocket(gateway.url)));
    await once(relay.#server, "listening");
    return relay;
  }

  get url() {
    return `ws://127.0.0.1:${this.#server.address().port}`;
  }

  close() {
    this.#server.clients.forEach((client) => client.terminate());
    this.#server.close();
  }
}

function join(client, gateway) {
  const opened = once(gateway, "open");
  client.on("message", async (data) => {
    await opened;
    gateway.send(data.toString("utf8"));
  });
  gateway.on("message", (data) => client.send(data.toString("utf8")));
  client.on("close", () => gateway.terminate());
  gateway.on("close", () => client.terminate());
}
