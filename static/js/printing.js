// Buttons with `data-print` open the browser's print dialog; without scripts they stay hidden.
export function offerPrinting() {
  for (const button of document.querySelectorAll("[data-print]")) {
    button.hidden = false;
    button.addEventListener("click", () => window.print());
  }
}
