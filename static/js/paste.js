// Cells copied in a spreadsheet may be pasted anywhere on a page with a place for them
// (`data-paste` on the fold around its textarea), not only into the place itself.
import { fill } from "./words.js";

export function pasteCells(root) {
  for (const fold of root.querySelectorAll("[data-paste]")) {
    const area = fold.querySelector("textarea");
    area.addEventListener("input", () => count(fold, area));
    document.addEventListener("paste", (event) => take(event, fold, area));
  }
}

function take(event, fold, area) {
  if (!area.isConnected || event.target.closest?.("input, textarea, select, [contenteditable]")) {
    return;
  }
  const cells = event.clipboardData?.getData("text/plain") ?? "";
  if (!/[\t\n;]/.test(cells.trim())) return; // a word is not a table
  event.preventDefault();
  fold.open = true;
  area.value = cells;
  area.dispatchEvent(new Event("input", { bubbles: true }));
  area.focus();
}

/** How many rows came, so that one sees at once whether all did. */
function count(fold, area) {
  const told = fold.querySelector("[data-paste-count]");
  const rows = area.value.trim() ? area.value.trim().split(/\r?\n/).length - 1 : 0;
  told.hidden = rows < 1;
  told.textContent = rows < 1 ? "" : fill(told.dataset.pasteCount, { n: rows });
}
