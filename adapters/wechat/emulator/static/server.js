// Talks with the emulator: who this phone belongs to, what is done on it, and what comes of it.
const KEY = "kaoda-emulated-openid";

async function post(path, data) {
  const response = await fetch(path, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(data),
  });
  if (!response.ok) throw new Error(response.status === 409 ? await response.text() : "");
  return response.json();
}

/** The openid of this tab's phone: each tab is a user of its own, and stays one when it is loaded again. */
export async function join(isNew = false) {
  const known = isNew ? "" : sessionStorage.getItem(KEY) ?? "";
  const { openid } = await post("/emulator/people", { openid: known });
  sessionStorage.setItem(KEY, openid);
  return openid;
}

export const act = (openid, action, text = "", menuId = "") =>
  post("/emulator/acts", { openid, do: action, text, menu_id: menuId });

export const setConditions = (conditions) => post("/emulator/conditions", conditions);

export async function state(openid) {
  const response = await fetch(`/emulator/people/${openid}`);
  if (!response.ok) throw new Error();
  return response.json();
}

/** Every entry from the first on, then new ones; after a lost connection the browser goes on where it was. */
export function follow(openid, onEntry, onLost, onOpen) {
  const stream = new EventSource(`/emulator/people/${openid}/stream`);
  stream.addEventListener("message", (event) => onEntry(JSON.parse(event.data)));
  stream.addEventListener("error", onLost);
  stream.addEventListener("open", onOpen);
  return stream;
}
