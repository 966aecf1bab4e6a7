// The chat page: sending, the region that is passed along, and what is restored when the page is opened again.
import { ask } from "./api.js";
import { chosen, tab } from "./memory.js";
import { wirePicker } from "./picker.js";
import { makeReply, makeTurn, makeWaiting } from "./reply.js";
import { showCard } from "./status.js";
import { showTimeline, wireExams } from "./timeline.js";

const element = (id) => document.getElementById(id);
const NATION = "CN"; // a reply for the whole nation does not say where the candidate is
const log = element("log");
const form = element("composer");
const question = element("question");
const trouble = element("trouble");
const wide = matchMedia("(min-width: 1080px)");
const calm = matchMedia("(prefers-reduced-motion: reduce)");

const scope = {
  region: element("region-button").dataset.region,
  exam: element("region-button").dataset.exam,
  // Passed along only until a reply has come: from then on the conversation itself knows the latest region named.
  isNew: true,
};
let isBusy = false;

function showTrouble(message) {
  trouble.textContent = message;
  trouble.hidden = !message;
}

function grow() {
  question.style.height = "auto"; // through the CSSOM, which the Content-Security-Policy allows
  question.style.height = `${question.scrollHeight}px`;
}

function setDraft(text) {
  question.value = text;
  tab.draft = text;
  grow();
}

function bringToTop(turn) {
  turn.scrollIntoView({ block: "start", behavior: calm.matches ? "auto" : "smooth" });
}

function showRegion(region) {
  scope.region = region?.id ?? "";
  const name = element("region-name");
  name.textContent = region ? region.path || region.name : name.dataset.none;
  chosen.region = region;
}

function chooseRegion(region) {
  showRegion(region);
  scope.isNew = true;
  showTimeline(scope.region, scope.exam, chooseExam);
  question.focus();
}

function chooseExam(exam) {
  scope.exam = exam;
  scope.isNew = true;
  showTimeline(scope.region, exam, chooseExam);
}

/** The latest region named counts: the timeline follows the conversation. */
function followRegion(region) {
  if (!region || region.id === NATION || region.id === scope.region) return;
  showRegion({ id: region.id, name: region.name, path: region.name });
  showTimeline(scope.region, scope.exam, chooseExam);
}

function dropOldOptions() {
  for (const options of log.querySelectorAll(".reply .options")) options.remove();
}

/** The new reply takes the focus over from a tapped option, which is gone: else Tab would start at the top of the page. */
function showReply(waiting, card) {
  const tapped = document.activeElement?.closest(".reply .options");
  dropOldOptions();
  waiting.replaceWith(card);
  if (!tapped) return;
  card.tabIndex = -1;
  card.focus({ preventScroll: true });
}

async function say(text, shown = text) {
  if (isBusy || !text) return;
  isBusy = true;
  form.setAttribute("aria-busy", "true");
  showTrouble("");
  const typed = question.value;
  const turn = makeTurn(shown);
  const waiting = makeWaiting();
  turn.append(waiting);
  log.append(turn);
  bringToTop(turn);
  try {
    const sent = tab.conversation;
    const hints = scope.isNew ? { region: scope.region, exam: scope.exam } : {};
    const { conversation_id: conversation, reply } = await ask({ text, conversation: sent, ...hints });
    scope.isNew = Boolean(sent) && sent !== conversation && !scope.isNew; // it had expired: tell the new one the region
    tab.conversation = conversation;
    tab.addTurn({ shown, reply, conversation });
    showReply(waiting, makeReply(reply, conversation, say));
    if (question.value === typed && typed.trim() === text.trim()) setDraft("");
    element("start-over").hidden = false;
    followRegion(reply.region);
    bringToTop(turn);
    if (reply.kind === "status") showCard(say);
  } catch (error) {
    turn.remove();
    if (!question.value.trim()) setDraft(text);
    showTrouble(error.detail || element("words").dataset[error.cause] || element("words").dataset.failed);
    question.focus();
  } finally {
    isBusy = false;
    form.removeAttribute("aria-busy");
  }
}

function restore() {
  for (const { shown, reply, conversation } of tab.turns) {
    const turn = makeTurn(shown);
    turn.append(makeReply(reply, conversation, say));
    dropOldOptions();
    log.append(turn);
  }
  const last = log.lastElementChild;
  if (!tab.turns.length) return;
  scope.isNew = Boolean(scope.region); // a page or QR code made for a region has just been opened
  element("start-over").hidden = false;
  last.scrollIntoView({ block: "start" });
}

function startOver() {
  tab.forget();
  scope.isNew = true;
  for (const turn of log.querySelectorAll(".turn")) turn.remove();
  element("start-over").hidden = true;
  setDraft("");
  showTrouble("");
  showCard(say);
  question.focus();
  scrollTo({ top: 0 });
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  say(question.value.trim() ? question.value : "");
});
question.addEventListener("keydown", (event) => {
  // Enter chooses a candidate while a Chinese input method is composing; Safari reports that only as 229.
  const composing = event.isComposing || event.keyCode === 229;
  if (event.key !== "Enter" || event.shiftKey || composing) return;
  event.preventDefault();
  form.requestSubmit();
});
question.addEventListener("input", () => {
  tab.draft = question.value;
  grow();
});
for (const starter of element("welcome").querySelectorAll("button")) {
  starter.type = "button";
  starter.addEventListener("click", () => say(starter.value, starter.textContent));
}
element("start-over").addEventListener("click", startOver);

const foldTimeline = () => { element("timeline").open = wide.matches; };
foldTimeline();
wide.addEventListener?.("change", foldTimeline);
wirePicker(chooseRegion);
wireExams(chooseExam);
if (tab.draft && !question.value) setDraft(tab.draft);
restore();
showCard(say);
if (scope.region) {
  chosen.region = { id: scope.region, path: element("region-name").textContent };
  history.replaceState(null, "", "/"); // a reload must not undo a region named since
} else if (chosen.region?.id) {
  showRegion(chosen.region);
  showTimeline(scope.region, scope.exam, chooseExam);
}
document.documentElement.dataset.ready = "yes";
