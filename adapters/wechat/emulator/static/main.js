// The phone: what is done on it goes to the emulator, what comes back is a stream of entries.
import { makeBubble, makeExchange } from "./bubbles.js";
import { fillMenu } from "./menu.js";
import * as server from "./server.js";

const element = (id) => document.getElementById(id);
const words = element("words").dataset;
const talk = element("talk");
const text = element("text");
const conditions = element("conditions");
const TYPING_MS = 15_000;
const CHANGES = ["/cgi-bin/menu/create", "/cgi-bin/menu/delete", "/cgi-bin/qrcode/create"];
let openid = "";
let stream = null;
let typingEnds = 0;
let showsMenu = true;

function showTrouble(message) {
  element("trouble").textContent = message;
  element("trouble").hidden = !message;
}

async function act(action, said = "", menuId = "") {
  try {
    await server.act(openid, action, said, menuId);
    showTrouble("");
    return true;
  } catch (error) {
    showTrouble(error.message || words.lost);
    return false;
  }
}

function showTyping(isTyping) {
  clearTimeout(typingEnds);
  element("typing").hidden = !isTyping;
  if (isTyping) typingEnds = setTimeout(() => showTyping(false), TYPING_MS);
}

function toEnd(list) {
  list.scrollTop = list.scrollHeight;
}

function show(line) {
  element("exchanges").append(makeExchange(line));
  toEnd(element("exchanges"));
  const bubble = makeBubble(line, (said, menuId) => act("link", said, menuId));
  if (bubble) element("bubbles").append(bubble);
  if (line.kind === "typing") showTyping(true);
  else if (line.bubble && line.bubble !== "mine") showTyping(false);
  if (bubble || line.kind === "typing") toEnd(talk);
  if (line.bubble === "note" || CHANGES.includes(line.name)) refresh();
}

function showDock(buttons) {
  const hasMenu = buttons.length > 0;
  element("menu-switch").hidden = !hasMenu;
  element("menu-switch").setAttribute("aria-pressed", String(showsMenu));
  element("menu").hidden = !hasMenu || !showsMenu;
}

function offerScenes(scenes) {
  element("scenes").replaceChildren(...scenes.map(({ scene, label }) => new Option(label, scene)));
  for (const old of element("join-choices").querySelectorAll(".scene")) old.remove();
  for (const { scene, label } of scenes.slice(0, 8)) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "scene";
    button.textContent = label;
    button.addEventListener("click", () => act("follow", scene));
    element("join-choices").append(button);
  }
}

async function refresh() {
  const state = await server.state(openid).catch(() => null);
  if (!state) return;
  const hadFocus = element("join").contains(document.activeElement);
  element("join").hidden = state.is_following;
  element("dock").hidden = !state.is_following;
  element("unfollow").hidden = !state.is_following;
  element("unfollowed-mark").hidden = state.is_following;
  fillMenu(element("menu"), state.buttons, press);
  showDock(state.buttons);
  offerScenes(state.scenes);
  const facts = element("facts");
  facts.textContent = `${facts.dataset[state.mode]} · ${facts.dataset.to}${state.push_to}`;
  for (const [name, value] of Object.entries(state.conditions)) {
    const field = conditions.elements[name];
    if (field.type === "checkbox") field.checked = value;
    else field.value = String(value);
  }
  if (hadFocus && state.is_following) text.focus();
  toEnd(talk);
  document.documentElement.dataset.ready = "yes";
}

async function start(isNew) {
  stream?.close();
  element("bubbles").replaceChildren();
  element("exchanges").replaceChildren();
  try {
    openid = await server.join(isNew);
    stream = server.follow(openid, show, () => showTrouble(words.lost), () => showTrouble(""));
    await refresh();
  } catch {
    showTrouble(words.lost);
  }
}

function press(button) {
  if (button.type === "view") window.open(button.url, "_blank", "noreferrer");
  act("press", button.name);
}

/** A button that opens and closes something; Escape closes it and gives the focus back. */
function wireToggle(button, opened, onChange = () => {}) {
  const set = (opens) => {
    opened.hidden = !opens;
    button.setAttribute("aria-expanded", String(opens));
    onChange(opens);
  };
  button.addEventListener("click", () => set(opened.hidden));
  opened.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    set(false);
    button.focus();
  });
  return set;
}

const narrow = matchMedia("(max-width: 859px)");
const setMore = wireToggle(element("more-button"), element("more"));
const setAttach = wireToggle(element("attach-button"), element("attach"), () => toEnd(talk));
const setPanel = wireToggle(element("panel-button"), element("panel"), (opens) => {
  if (opens && narrow.matches) element("panel-close").focus();
});
element("panel-close").addEventListener("click", () => {
  setPanel(false);
  element("panel-button").focus();
});
const place = () => setPanel(!narrow.matches);
place();
narrow.addEventListener("change", place);

element("composer").addEventListener("submit", async (event) => {
  event.preventDefault();
  const said = text.value;
  if (said.trim() && await act("say", said)) text.value = "";
});
text.addEventListener("keydown", (event) => {
  // Enter chooses a candidate while a Chinese input method is composing; Safari reports that only as 229.
  if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
  event.preventDefault();
  element("composer").requestSubmit();
});
element("attach").addEventListener("click", ({ target }) => {
  if (!target.dataset.do) return;
  act(target.dataset.do, target.dataset.text ?? "");
  setAttach(false);
  element("attach-button").focus();
});
element("menu-switch").addEventListener("click", () => {
  showsMenu = !showsMenu;
  element("menu").hidden = !showsMenu;
  element("menu-switch").setAttribute("aria-pressed", String(showsMenu));
});
element("follow").addEventListener("click", () => act("follow"));
element("scan").addEventListener("submit", (event) => {
  event.preventDefault();
  const scene = element("scene").value.trim();
  if (!scene) return;
  act("follow", scene);
  setMore(false);
  element("more-button").focus();
});
element("unfollow").addEventListener("click", () => {
  act("unfollow");
  setMore(false);
  element("more-button").focus();
});
element("another").addEventListener("click", () => {
  start(true);
  setMore(false);
  element("more-button").focus();
});
conditions.addEventListener("change", () => {
  const { answer_seconds: seconds, trouble, renew } = conditions.elements;
  server
    .setConditions({ answer_seconds: Number(seconds.value), trouble: trouble.value, renew: renew.checked })
    .catch(() => showTrouble(words.lost));
});
conditions.addEventListener("submit", (event) => event.preventDefault());
start(false);
