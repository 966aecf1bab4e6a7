// The region picker: a dialog with a combobox (WAI-ARIA 1.2, list autocomplete), wholly usable from the keyboard.
import { searchRegions } from "./api.js";

const PAUSE = 150; // ms without a key before a search
const element = (id) => document.getElementById(id);

/** Wire the dialog; `choose` is called with {id, name, path}, or null for the nation. */
export function wirePicker(choose) {
  const dialog = element("picker");
  const search = element("picker-search");
  const list = element("picker-list");
  const status = element("picker-status");
  let found = [];
  let active = -1;
  let timer = 0;
  let latest = 0;

  const mark = (index) => {
    active = index;
    for (const [place, option] of [...list.children].entries()) {
      option.setAttribute("aria-selected", String(place === active));
      if (place === active) option.scrollIntoView({ block: "nearest" });
    }
    if (active < 0) search.removeAttribute("aria-activedescendant");
    else search.setAttribute("aria-activedescendant", `picker-option-${active}`);
  };
  const finish = (region) => {
    dialog.close();
    choose(region);
  };
  const draw = () => {
    list.replaceChildren(...found.map((region, index) => {
      const option = document.createElement("div");
      option.id = `picker-option-${index}`;
      option.role = "option";
      option.setAttribute("role", "option");
      option.className = "picker-option";
      option.textContent = region.path;
      option.addEventListener("click", () => finish(region));
      return option;
    }));
    list.hidden = !found.length;
    search.setAttribute("aria-expanded", String(found.length > 0));
    mark(found.length && search.value.trim() ? 0 : -1);
  };
  const look = async () => {
    const request = ++latest;
    try {
      const { regions } = await searchRegions(search.value.trim());
      if (request !== latest) return;
      found = regions;
      status.textContent = found.length ? `${found.length} ${status.dataset.found}` : status.dataset.none;
    } catch {
      if (request !== latest) return;
      found = [];
      status.textContent = status.dataset.failed;
    }
    draw();
  };

  search.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(look, PAUSE);
  });
  search.addEventListener("keydown", (event) => {
    if (event.isComposing || event.keyCode === 229 || !found.length) return;
    const moves = { ArrowDown: (active + 1) % found.length, ArrowUp: (active <= 0 ? found.length : active) - 1 };
    if (event.key in moves) {
      event.preventDefault();
      mark(moves[event.key]);
    } else if (event.key === "Enter" && active >= 0) {
      event.preventDefault();
      finish(found[active]);
    }
  });
  element("picker-close").addEventListener("click", () => dialog.close());
  element("picker-nation").addEventListener("click", () => finish(null));
  dialog.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); });
  element("region-button").addEventListener("click", (event) => {
    if (!dialog.showModal) return; // an old browser follows the link
    event.preventDefault();
    search.value = "";
    dialog.showModal();
    search.focus();
    look();
  });
}
