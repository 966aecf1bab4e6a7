// The timeline beside the conversation, drawn anew when the region or the exam changes.
import { fetchTimeline } from "./api.js";
import { clone } from "./reply.js";

const element = (id) => document.getElementById(id);
const words = () => element("words").dataset;
let latest = 0;

/** Show the steps of a region ("" is the nation); on a failure the old ones stay, and false is returned. */
export async function showTimeline(region, exam, chooseExam) {
  const request = ++latest;
  try {
    const view = await fetchTimeline(region, exam);
    if (request === latest) draw(view, chooseExam);
    return true;
  } catch {
    return false;
  }
}

function draw(view, chooseExam) {
  element("timeline-headline").textContent = view.headline;
  element("timeline-region").textContent = view.region?.path ?? words().nation;
  element("timeline-year").textContent = `${view.year}${words().year}`;
  element("timeline-note").textContent = view.note;
  element("timeline-note").hidden = !view.note;
  drawExams(view, chooseExam);
  const steps = element("steps");
  steps.replaceChildren(...view.steps.map(drawStep));
  if (!view.steps.length) return;
  const now = view.steps.findIndex((step) => step.state !== "past");
  steps.insertBefore(drawToday(view, steps.dataset.today), now < 0 ? null : steps.children[now]);
}

function drawExams(view, chooseExam) {
  const holder = element("timeline-exams");
  holder.hidden = view.exams.length < 2;
  holder.replaceChildren(...view.exams.map(({ id, name }) => {
    const link = document.createElement("a");
    link.href = `/?${new URLSearchParams({ region: view.region?.id ?? "", exam: id })}`;
    link.dataset.exam = id;
    link.textContent = name;
    if (id === view.exam.id) link.setAttribute("aria-current", "true");
    return link;
  }));
  wireExams(chooseExam);
}

/** Choosing an exam keeps the conversation; without scripts its link loads the page. */
export function wireExams(chooseExam) {
  for (const link of element("timeline-exams").querySelectorAll("a")) {
    link.addEventListener("click", (event) => {
      event.preventDefault();
      chooseExam(link.dataset.exam);
    });
  }
}

function drawToday(view, word) {
  const line = document.createElement("li");
  const label = document.createElement("span");
  line.className = "today-line";
  label.textContent = `${word} ${view.today_label}`;
  line.append(label);
  return line;
}

function drawStep(step) {
  const { root, part } = clone("step-template");
  root.classList.add(`step-${step.state}`);
  if (["running", "today"].includes(step.state)) root.setAttribute("aria-current", "step");
  for (const name of ["name", "label", "dates", "note"]) part(name).textContent = step[name];
  if (!step.note) part("note").remove();
  if (step.url) {
    part("about").textContent = `：${step.name}`;
    part("url").href = step.url;
  } else part("url").remove();
  return root;
}
