// The card of one's own registration: fetched for this tab's conversation, and anew after a reply about it.
import { fetchCard } from "./api.js";
import { tab } from "./memory.js";

const place = document.getElementById("status-place");
const wide = matchMedia("(min-width: 1080px)");
let latest = 0;
let wasOpen = null;

/** Shows the card of the conversation, or none; on a failure what is shown stays. `say` asks what a chip says. */
export async function showCard(say) {
  const conversation = tab.conversation;
  const request = ++latest;
  if (!conversation) return place.replaceChildren();
  try {
    const html = await fetchCard(conversation);
    if (request === latest) draw(html, say);
  } catch { /* the chat itself says what is wrong */ }
}

function draw(html, say) {
  const fold = place.querySelector(".card-fold");
  if (fold) wasOpen = fold.open;
  const kept = place.querySelector(".card-reminders"); // told once by the server: it stays while the page does
  const card = new DOMParser().parseFromString(html, "text/html").querySelector(".status-card");
  place.replaceChildren(...(card ? [document.importNode(card, true)] : []));
  if (!card) return;
  const drawn = place.firstElementChild;
  if (kept && !drawn.querySelector(".card-reminders")) drawn.prepend(kept);
  drawn.querySelector(".card-fold").open = wasOpen ?? wide.matches;
  wireKeep(drawn.querySelector(".card-keep"));
  for (const form of drawn.querySelectorAll(".card-options")) {
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      if (event.submitter) say(event.submitter.value, event.submitter.textContent);
    });
  }
}

function wireKeep(keep) {
  const button = keep.querySelector("button");
  keep.hidden = false;
  button.setAttribute("aria-pressed", String(tab.isKept));
  button.addEventListener("click", () => {
    tab.isKept = !tab.isKept;
    button.setAttribute("aria-pressed", String(tab.isKept));
  });
}
