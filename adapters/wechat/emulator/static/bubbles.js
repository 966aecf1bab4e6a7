// The conversation on the phone, and the list of exchanges beside it, entry by entry.
const words = document.getElementById("words").dataset;

function make(name, className, text) {
  const made = document.createElement(name);
  if (className) made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
}

function makeLink(label, url) {
  const link = make("a", "page-link", label);
  link.href = url;
  link.target = "_blank";
  link.rel = "noreferrer";
  return link;
}

function makePart(part, onTap) {
  if (part.url) return makeLink(part.text, part.url);
  if (!part.say) return document.createTextNode(part.text);
  const button = make("button", "say-link", part.text);
  button.type = "button";
  button.addEventListener("click", () => onTap(part.say, part.menu_id ?? ""));
  return button;
}

function makeArticle(article) {
  const card = make("div", "article");
  card.append(makeLink(article.title, article.url), make("span", "", article.description));
  return card;
}

/** A bubble, or null where the entry shows nothing on the phone. */
export function makeBubble(line, onTap) {
  if (!line.bubble) return null;
  const item = make("div", `bubble ${line.bubble}`);
  const said = make("p", "said");
  said.append(make("span", "visually-hidden", words[line.bubble]));
  for (const part of line.parts) said.append(makePart(part, onTap));
  item.append(said, ...line.articles.map(makeArticle));
  return item;
}

export function makeExchange(line) {
  const item = make("li", `exchange ${line.tone}`);
  item.append(make("time", "", line.time), make("span", "", line.text));
  return item;
}
