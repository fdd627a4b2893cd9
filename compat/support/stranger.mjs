// A web server of somebody else, with pages that mean harm, and all that it gets to know.

import { once } from "node:events";
import { createServer } from "node:http";

/** It answers with the pages it is given, at any name that leads to it. */
export class Stranger {
  #server = createServer((request, response) => this.#serve(request, response));
  #pages = new Map();
  #told = [];

  static async start() {
    const stranger = new Stranger();
    stranger.#server.on("upgrade", (request, socket) => {
      stranger.#note(request);
      socket.destroy();
    });
    stranger.#server.listen(0, "127.0.0.1");
    await once(stranger.#server, "listening");
    return stranger;
  }

  /** As a page on another site sees it, the origin of its pages. */
  get origin() {
    return `http://evil.example:${this.port}`;
  }

  get port() {
    return this.#server.address().port;
  }

  /** Shows `body` at `path`; at any other there is an empty page. */
  show(path, body) {
    this.#pages.set(path, body);
    return this.origin + path;
  }

  /** Addresses, headers and bodies of everything it was asked, one text each. */
  get told() {
    return this.#told;
  }

  close() {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  async #serve(request, response) {
    const body = Buffer.concat(await request.toArray()).toString();
    this.#note(request, body);
    response.setHeader("content-type", "text/html; charset=utf-8");
    response.end(this.#pages.get(request.url) ?? "<!doctype html><title>strange</title>");
  }

  #note({ method, url, rawHeaders }, body = "") {
    this.#told.push([method, url, ...rawHeaders, body].join("\n"));
  }
}
