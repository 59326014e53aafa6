// Menus are <details>: they open without us. We close them as people expect (outside, Escape, on
// another's opening) and let the arrows walk through their items.
export function tendMenus() {
  document.addEventListener("click", (event) => closeAll(event.target.closest("[data-menu]")));
  document.addEventListener("keydown", (event) => {
    const menu = event.target.closest?.("[data-menu]");
    if (event.key === "Escape") return leave(menu);
    if (menu?.open && (event.key === "ArrowDown" || event.key === "ArrowUp")) walk(menu, event);
    return undefined;
  });
  document.addEventListener("focusin", (event) => closeAll(event.target.closest("[data-menu]")));
}

function closeAll(except) {
  for (const menu of document.querySelectorAll("[data-menu][open]")) {
    if (menu !== except && !menu.contains(except)) menu.open = false;
  }
}

function leave(menu) {
  if (!menu?.open) return;
  menu.open = false;
  menu.querySelector("summary").focus();
}

function walk(menu, event) {
  const items = [...menu.querySelectorAll("a.menu__item, button.menu__item")].filter(
    (item) => !item.hidden,
  );
  if (!items.length) return;
  event.preventDefault();
  const step = event.key === "ArrowDown" ? 1 : -1;
  const at = items.indexOf(document.activeElement);
  const next = at < 0 ? (step > 0 ? 0 : items.length - 1) : at + step;
  items[(next + items.length) % items.length].focus();
}
