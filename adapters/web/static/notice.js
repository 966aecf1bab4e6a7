// A screen reader starts reading at the clause that the address names; the marking itself is CSS (:target).
function arrive() {
  for (const old of document.querySelectorAll(".clause[aria-current]")) {
    old.removeAttribute("aria-current");
    old.removeAttribute("tabindex");
  }
  const clause = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (!clause?.classList.contains("clause")) return;
  clause.setAttribute("aria-current", "true");
  clause.tabIndex = -1;
  clause.focus({ preventScroll: true });
}

addEventListener("hashchange", arrive);
arrive();
