// The account's menu at the bottom of the phone: three buttons, some of which unfold.

function makeButton(name, onPress) {
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = name;
  button.addEventListener("click", onPress);
  return button;
}

function makeFolding(entry, press, foldAll) {
  const whole = document.createElement("div");
  whole.className = "folding";
  const list = document.createElement("div");
  list.className = "folded";
  list.hidden = true;
  const opener = makeButton(entry.name, () => {
    const opens = list.hidden;
    foldAll();
    list.hidden = !opens;
    opener.setAttribute("aria-expanded", String(opens));
  });
  opener.setAttribute("aria-expanded", "false");
  for (const each of entry.sub_button) {
    list.append(makeButton(each.name, () => { foldAll(); opener.focus(); press(each); }));
  }
  whole.append(list, opener);
  return whole;
}

/** Fill the menu; `press` is given the button that was pressed. */
export function fillMenu(menu, buttons, press) {
  const foldAll = () => {
    for (const list of menu.querySelectorAll(".folded")) list.hidden = true;
    for (const opener of menu.querySelectorAll("[aria-expanded]")) opener.setAttribute("aria-expanded", "false");
  };
  menu.replaceChildren(
    ...buttons.map((each) =>
      each.sub_button?.length ? makeFolding(each, press, foldAll) : makeButton(each.name, () => press(each))),
  );
  menu.onkeydown = (event) => {
    if (event.key !== "Escape") return;
    const opener = event.target.closest(".folding")?.querySelector("[aria-expanded]");
    foldAll();
    opener?.focus();
  };
}
