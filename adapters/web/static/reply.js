// Builds a turn of the conversation from the page's templates. Everything goes in as text, never as markup.
import { rate } from "./api.js";

const PHONE = /(0\d{2,3}-\d{7,8})/;

export function clone(id) {
  const root = document.getElementById(id).content.firstElementChild.cloneNode(true);
  const part = (name) => root.querySelector(`[data-part="${name}"]`);
  return { root, part };
}

export function makeTurn(text) {
  const { root, part } = clone("turn-template");
  part("text").textContent = text;
  return root;
}

export const makeWaiting = () => clone("waiting-template").root;

/** The reply's card; `say` is called with what a tapped option says. */
export function makeReply(reply, conversation, say) {
  const { root, part } = clone("reply-template");
  root.classList.add(`reply-${reply.kind}`);
  part("kind").textContent = part("kind").dataset[reply.kind] ?? "";
  part("scope").textContent = [reply.region?.name, reply.exam?.name].filter(Boolean).join(" · ");
  part("text").append(...reply.text.split("\n").filter((line) => line.trim()).map(paragraph));
  lead(part("text"));
  fill(part("links"), reply.links.filter(isPage).map(makeLink));
  fill(part("options"), reply.options.map((option) => makeOption(option, say)));
  fillSources(part("sources"), part("count"), reply.sources);
  if (reply.kind === "smalltalk") part("feedback").remove();
  else wireFeedback(part, conversation, reply.id);
  return root;
}

function fill(holder, children) {
  if (children.length) holder.append(...children);
  else holder.remove();
}

/** The first sentence, which holds the decisive fact, stands out. */
function lead(holder) {
  const first = holder.firstElementChild?.firstChild;
  if (first?.nodeType !== Node.TEXT_NODE || !first.data.includes("。")) {
    holder.firstElementChild?.classList.add("lead");
    return;
  }
  const sentence = document.createElement("strong");
  first.splitText(first.data.indexOf("。") + 1);
  first.replaceWith(sentence);
  sentence.append(first);
}

/** A phone number can be tapped; the rest of the line is text. */
function paragraph(line) {
  const element = document.createElement("p");
  for (const [index, piece] of line.split(PHONE).entries()) {
    if (index % 2 === 0) { element.append(piece); continue; }
    const call = document.createElement("a");
    call.href = `tel:${piece}`;
    call.textContent = piece;
    element.append(call);
  }
  return element;
}

function isPage({ url }) {
  try { return ["http:", "https:"].includes(new URL(url, location.href).protocol); } catch { return false; }
}

function makeLink({ label, url }) {
  const item = document.createElement("li");
  const link = document.createElement("a");
  link.className = "button";
  link.href = url;
  link.textContent = label;
  item.append(link);
  return item;
}

function makeOption({ label, send }, say) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "chip";
  button.textContent = label;
  button.addEventListener("click", () => say(send, label));
  return button;
}

function fillSources(holder, count, sources) {
  if (!sources.length) { holder.remove(); return; }
  count.textContent = String(sources.length);
  for (const source of sources) {
    const { root, part } = clone("source-template");
    part("quote").textContent = source.quote;
    part("title").textContent = source.title;
    part("clause").textContent = source.clause;
    if (source.url && isPage(source)) part("link").href = source.url;
    holder.append(root);
  }
}

function wireFeedback(part, conversation, reply) {
  const state = part("state");
  const send = async (helpful, comment = "") => {
    part("yes").setAttribute("aria-pressed", String(helpful));
    part("no").setAttribute("aria-pressed", String(!helpful));
    part("comment").hidden = helpful || Boolean(comment);
    try {
      await rate({ conversation, reply, helpful, comment });
      state.textContent = state.dataset.kept;
    } catch {
      state.textContent = state.dataset.failed;
      if (comment) part("comment").hidden = false;
    }
  };
  part("yes").addEventListener("click", () => send(true));
  part("no").addEventListener("click", () => send(false));
  part("comment").addEventListener("submit", (event) => {
    event.preventDefault();
    const comment = part("comment").querySelector("textarea").value.trim();
    if (comment) send(false, comment);
    else part("comment").hidden = true;
  });
}
