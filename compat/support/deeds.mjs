// What a page can try against a gateway. Each function runs inside the page, so it names nothing from
// outside of itself; the ends of all are values.

/** Asks over HTTP; the status and the text, or the name of the failure. */
export function ask({ url, ...init }) {
  return fetch(url, init).then(
    async (answer) => ({ status: answer.status, text: await answer.text() }),
    (failure) => ({ failure: failure.name }),
  );
}

/** Introduces itself on a WebSocket; the answer and how it was closed. */
export function introduce({ url, token, id = "gateway-client", mode = "backend" }) {
  return new Promise((resolve) => {
    const end = { isOpened: false };
    let socket;
    try {
      socket = new WebSocket(url);
    } catch (failure) {
      resolve({ failure: failure.name });
      return;
    }
    const client = { id, version: "1.0.0", platform: "x", mode };
    const scopes = ["operator.read"];
    const params = { minProtocol: 4, maxProtocol: 4, client, auth: { token }, role: "operator", scopes };
    socket.onopen = () => (end.isOpened = true);
    socket.onmessage = ({ data }) => {
      const frame = JSON.parse(data);
      if (frame.event === "connect.challenge") {
        socket.send(JSON.stringify({ type: "req", id: "1", method: "connect", params }));
      } else if (frame.id === "1") {
        end.answer = frame.ok ? "hello-ok" : (frame.error.details?.code ?? frame.error.message);
        if (frame.ok) {
          socket.close();
        }
      }
    };
    socket.onerror = () => setTimeout(() => resolve(end), 0); // what a policy forbids is never closed
    socket.onclose = ({ code }) => resolve({ ...end, code });
  });
}

/** Sends a form that looks like JSON, as pages may to anybody; what comes back goes into a frame of its own. */
export function submitForm({ url, enctype, json }) {
  const frame = document.createElement("iframe");
  frame.name = `frame-${document.forms.length}`;
  const form = document.createElement("form");
  Object.assign(form, { action: url, method: "post", enctype, target: frame.name });
  const field = document.createElement("input");
  // A text/plain body is `name=value`: what is left open here is closed there.
  Object.assign(field, { type: "hidden", name: json.slice(0, -1) + ',"x":"', value: '"}' });
  form.append(field);
  document.body.append(frame, form);
  form.submit();
}

/** Whether an element that loads `url` ends with an error or with something to use. */
export function include({ tag, url }) {
  return new Promise((resolve) => {
    const element = document.createElement(tag);
    element.onload = () => resolve("loaded");
    element.onerror = () => resolve("refused");
    if (tag === "link") {
      Object.assign(element, { rel: "stylesheet", href: url });
    } else {
      element.src = url;
    }
    document.head.append(element);
  });
}
