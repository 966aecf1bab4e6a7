// Editors: placeholders by a click, sources by selecting text in a clause, faults told while typing. All works without it too.

const form = document.getElementById("entry-form");
const said = document.getElementById("cite-said");
let chosen = null; // {clause, label, quote} of what is selected in a clause

function selectedIn() {
  const selection = document.getSelection();
  if (!selection || selection.isCollapsed || !selection.rangeCount) return null;
  const range = selection.getRangeAt(0);
  const node = range.commonAncestorContainer;
  const body = (node.nodeType === Node.ELEMENT_NODE ? node : node.parentElement)?.closest(".clause-body");
  const quote = selection.toString().replace(/\r/g, "").trim();
  if (!body || !quote) return null;
  const clause = body.closest("[data-clause]");
  return { clause: clause.dataset.clause, label: clause.dataset.label, quote };
}

function tell(text) {
  if (said) said.textContent = text;
}

function follow(button) {
  if (!button) return;
  document.addEventListener("selectionchange", () => {
    const found = selectedIn();
    if (!found) return;
    chosen = found;
    button.disabled = false;
    const short = found.quote.length > 30 ? `${found.quote.slice(0, 30)}…` : found.quote;
    tell(`已选中 ${found.label}：${short}`);
  });
}

function fill(input, value) {
  input.value = value;
  input.dispatchEvent(new Event("input", { bubbles: true }));
  input.dispatchEvent(new Event("change", { bubbles: true }));
}

function citeInAnswer() {
  const rows = [...document.querySelectorAll(".source-row")];
  const parts = (row) => [row.querySelector("[name=source_clause]"), row.querySelector("[name=source_quote]")];
  let row = rows.find((each) => parts(each).every((field) => !field.value.trim()));
  if (!row) {
    const number = rows.length;
    row = rows[0].cloneNode(true);
    for (const [name, field] of [["clause", parts(row)[0]], ["quote", parts(row)[1]]]) {
      const id = `source-${name}-${number}`;
      row.querySelector(`label[for="${field.id}"]`).htmlFor = id;
      field.id = id;
    }
    rows.at(-1).after(row);
  }
  const [clause, quote] = parts(row);
  fill(clause, chosen.clause);
  fill(quote, chosen.quote);
  quote.focus();
}

function citeInFact() {
  fill(document.getElementById("field-source"), chosen.clause);
  const quote = document.getElementById("field-quote");
  if (quote) fill(quote, chosen.quote);
  (quote || document.getElementById("field-source")).focus();
}

const cite = document.getElementById("cite");
follow(cite);
cite?.addEventListener("click", () => {
  if (!chosen) return;
  if (document.getElementById("sources")) citeInAnswer();
  else citeInFact();
  tell(`已引用 ${chosen.label}`);
});

const citeForm = document.getElementById("cite-form");
if (citeForm) {
  citeForm.hidden = false;
  follow(document.getElementById("cite-selected"));
  citeForm.addEventListener("submit", () => {
    citeForm.elements.clause.value = chosen.clause;
    citeForm.elements.quote.value = chosen.quote;
  });
}

for (const box of document.querySelectorAll(".codes-box")) {
  box.addEventListener("click", (event) => {
    const button = event.target.closest("[data-code]");
    const text = document.getElementById("field-text");
    if (!button || !text || text.readOnly) return;
    text.setRangeText(button.dataset.code, text.selectionStart, text.selectionEnd, "end");
    text.dispatchEvent(new Event("input", { bubbles: true }));
    text.focus();
  });
}

function show(faults, touched) {
  for (const line of form.querySelectorAll("[id^=field-][id$=-fault]")) {
    const name = line.id.slice("field-".length, -"-fault".length);
    const text = touched.has(name) ? faults[name] || "" : line.textContent;
    line.textContent = text;
    line.hidden = !text;
    const field = document.getElementById(`field-${name}`);
    if (!field) continue;
    if (text) field.setAttribute("aria-invalid", "true");
    else field.removeAttribute("aria-invalid");
    const described = new Set((field.getAttribute("aria-describedby") || "").split(" ").filter(Boolean));
    if (text) described.add(line.id);
    else described.delete(line.id);
    field.setAttribute("aria-describedby", [...described].join(" "));
  }
}

if (form?.dataset.proof) {
  const touched = new Set();
  let number = 0;
  form.addEventListener("change", async (event) => {
    touched.add(event.target.name);
    for (const [one, others] of Object.entries({ quote: ["start", "end", "days", "amount", "source"], source: ["year", "region", "exams", "quote", "phone"], start: ["end"], year: ["start", "end", "days"] })) {
      if (event.target.name === one) others.forEach((each) => touched.add(each));
    }
    const mine = (number += 1);
    try {
      const response = await fetch(form.dataset.proof, { method: "POST", body: new URLSearchParams(new FormData(form)) });
      if (response.ok && mine === number) show(await response.json(), touched);
    } catch {
      // the server says the same when the form is sent
    }
  });
}

if (form) {
  let isChanged = false;
  form.addEventListener("input", () => { isChanged = true; });
  form.addEventListener("submit", () => { isChanged = false; });
  window.addEventListener("beforeunload", (event) => { if (isChanged) event.preventDefault(); });
}
