// Single keys for the buttons of the page; everything works without them. It sends nothing and changes nothing itself:
// each key presses a button, ticks a box, opens rows or goes to a field that the page has.
"use strict";
(() => {
  let isSent = false;
  const pressed = (key) => document.querySelector(`[data-key="${CSS.escape(key)}"]`);

  function openRows() {
    const rows = [...document.querySelectorAll("details.rows")];
    const open = rows.some((one) => !one.open);
    rows.forEach((one) => { one.open = open; });
  }

  function act(key) {
    if (key === "e") return openRows();
    const found = pressed(key === "ArrowRight" ? "k" : key);
    if (!found) return undefined;
    if (found.matches("button")) { isSent = true; return found.click(); }
    if (found.matches("input[type=checkbox]")) return found.click();
    return found.focus();
  }

  document.addEventListener("keydown", (event) => {
    const field = event.target.closest("textarea, input:not([type=checkbox]), select");
    if (field && event.key === "Escape") { field.blur(); return; }
    if (field || isSent || event.repeat || event.ctrlKey || event.metaKey || event.altKey) return;
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    if (!/^([sduzken1-9]|ArrowRight)$/.test(key)) return;
    event.preventDefault();
    act(key);
  });
  // A page that the browser keeps and shows again listens again.
  window.addEventListener("pageshow", () => { isSent = false; });
})();
