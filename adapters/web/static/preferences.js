// Large text and dark mode, applied before the first paint: a classic script in <head>, after the stylesheets.
"use strict";
(() => {
  const read = (name) => { try { return localStorage.getItem(name); } catch { return null; } };
  const write = (name, value) => { try { localStorage.setItem(name, value); } catch { /* private mode: it holds for this page */ } };
  const root = document.documentElement;
  const system = matchMedia("(prefers-color-scheme: dark)");
  let theme = read("kaoda.theme");
  let large = read("kaoda.large") === "yes";

  const isDark = () => (theme ? theme === "dark" : system.matches);
  const apply = () => {
    root.dataset.theme = isDark() ? "dark" : "light";
    root.dataset.size = large ? "large" : "normal";
    document.getElementById("dark-style").media = isDark() ? "all" : "not all";
    document.getElementById("dark-mode")?.setAttribute("aria-pressed", String(isDark()));
    document.getElementById("large-text")?.setAttribute("aria-pressed", String(large));
  };
  apply();
  system.addEventListener?.("change", apply);

  document.addEventListener("DOMContentLoaded", () => {
    const darkButton = document.getElementById("dark-mode");
    const largeButton = document.getElementById("large-text");
    darkButton.hidden = largeButton.hidden = false;
    darkButton.addEventListener("click", () => {
      theme = isDark() ? "light" : "dark";
      write("kaoda.theme", theme);
      apply();
    });
    largeButton.addEventListener("click", () => {
      large = !large;
      write("kaoda.large", large ? "yes" : "no");
      apply();
    });
    apply();
  });
})();
