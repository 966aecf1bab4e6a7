// What a tab or a browser remembers. Storage may be forbidden (private mode, embedded views): then nothing is remembered.
const TURNS_KEPT = 20;

function read(storage, name) {
  try { return JSON.parse(window[storage].getItem(name)); } catch { return null; }
}

function write(storage, name, value) {
  try { window[storage].setItem(name, JSON.stringify(value)); } catch { /* not remembered */ }
}

/** The conversation of this tab: its id, its turns and the words not sent yet. Gone when the tab is closed, unless its
 * user wants this device to know him again: then the id stays, and with it what he asked to be reminded of. */
export const tab = {
  get conversation() { return read("sessionStorage", "kaoda.conversation") || read("localStorage", "kaoda.kept") || ""; },
  set conversation(id) {
    write("sessionStorage", "kaoda.conversation", id);
    if (this.isKept) write("localStorage", "kaoda.kept", id);
  },
  get isKept() { return Boolean(read("localStorage", "kaoda.kept")); },
  set isKept(keep) { write("localStorage", "kaoda.kept", keep ? this.conversation : ""); },
  get turns() { return read("sessionStorage", "kaoda.turns") ?? []; },
  addTurn(turn) { write("sessionStorage", "kaoda.turns", [...this.turns, turn].slice(-TURNS_KEPT)); },
  get draft() { return read("sessionStorage", "kaoda.draft") ?? ""; },
  set draft(text) { write("sessionStorage", "kaoda.draft", text); },
  forget() {
    this.isKept = false;
    this.conversation = "";
    this.draft = "";
    write("sessionStorage", "kaoda.turns", []);
  },
};

/** The region last chosen in this browser. */
export const chosen = {
  get region() { return read("localStorage", "kaoda.region"); },
  set region(region) { write("localStorage", "kaoda.region", region); },
};
