// `/` searches, `n` starts a hypothesis, `?` lists the keys. Never while one types.
export function listenForShortcuts() {
  const dialog = document.getElementById("shortcuts");
  for (const opener of document.querySelectorAll("[data-shortcuts]")) {
    opener.hidden = false;
    opener.addEventListener("click", () => dialog?.showModal());
  }
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
    if (document.querySelector("dialog[open]")) return;
    const search = document.querySelector("[data-search]");
    const newUrl = dialog?.querySelector("[data-new-url]")?.dataset.newUrl;
    if (event.key === "/" && search) {
      event.preventDefault();
      search.focus();
      search.select();
    } else if (event.key === "?" && dialog) {
      event.preventDefault();
      dialog.showModal();
    } else if (event.key === "n" && newUrl) {
      event.preventDefault();
      location.assign(newUrl);
    }
  });
}

function isTyping(target) {
  return target.matches?.("input, textarea, select, [contenteditable]") ?? false;
}
