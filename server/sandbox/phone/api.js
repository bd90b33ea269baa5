// The sandbox's phone API. Errors carry the server's words.

async function ask(method, path, body) {
  const options = { method, headers: {} };
  if (body !== undefined) {
    options.headers["content-type"] = "application/json";
    options.body = JSON.stringify(body);
  }
  return read(await fetch(path, options));
}

async function read(answer) {
  const data = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Error(data.error ?? `HTTP ${answer.status}`);
  return data;
}

const chatPath = (number, customer) => `/phone/api/chats/${encodeURIComponent(number)}/${encodeURIComponent(customer)}`;

export const api = {
  world: () => ask("GET", "/phone/api/world"),
  createCustomer: (form) => ask("POST", "/phone/api/customers", form),
  changeCustomer: (key, form) => ask("PATCH", `/phone/api/customers/${encodeURIComponent(key)}`, form),
  chat: (number, customer) => ask("GET", chatPath(number, customer)),
  send: (number, customer, form) => ask("POST", chatPath(number, customer), form),
  markRead: (number, customer) => ask("POST", `${chatPath(number, customer)}/read`, {}),
  sendFile: async (number, customer, kind, blob, extra = {}) => {
    const query = new URLSearchParams({ kind, ...extra });
    const headers = { "content-type": blob.type || "application/octet-stream" };
    return read(await fetch(`${chatPath(number, customer)}/file?${query}`, { method: "POST", headers, body: blob }));
  },
};

/** Live events; the browser reconnects by itself, and `open` tells to read the chat again. */
export function listen(number, customer, onEvent, onState) {
  const query = new URLSearchParams(customer ? { number, customer } : {});
  const source = new EventSource(`/phone/api/events?${query}`);
  source.onmessage = (message) => onEvent(JSON.parse(message.data));
  source.onopen = () => onState(true);
  source.onerror = () => onState(false);
  return () => source.close();
}
