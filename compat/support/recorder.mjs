// Keeps every frame that any client of this process gets, with the method it answers, and every request
// that a server of this process gets.

import { WebSocket } from "ws";

const connections = new WeakMap();

/** `{connection, frame, method}` in order of arrival; `method` is set on responses. */
export const received = [];

/** Requests of our own command line. */
export const asked = [];

globalThis.WebSocket = WebSocket; // so that clients which take the platform's are heard too

let connectionCount = 0;
const { emit, send } = WebSocket.prototype;

WebSocket.prototype.send = function (data, ...rest) {
  const request = typeof data === "string" ? parse(data) : undefined;
  if (request?.type === "req") {
    connectionOf(this).methods.set(request.id, request.method);
  }
  return send.call(this, data, ...rest);
};

WebSocket.prototype.emit = function (event, ...values) {
  if (event === "message") {
    const [data, isBinary] = values;
    const { number, methods } = connectionOf(this);
    const frame = isBinary ? undefined : parse(data.toString("utf8"));
    if (frame?.type === "req") {
      asked.push(frame);
    } else {
      received.push({ connection: number, frame, method: methods.get(frame?.id) });
    }
  }
  return emit.call(this, event, ...values);
};

function connectionOf(socket) {
  if (!connections.has(socket)) {
    connections.set(socket, { number: ++connectionCount, methods: new Map() });
  }
  return connections.get(socket);
}

function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
