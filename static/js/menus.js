// Menus are <details>: they open without us. We close them as people expect (outside, Escape, on
// another's opening) and let the arrows walk through their items.
export function tendMenus() {
  // Of tabs that do not all fit, the one that is open is in sight.
  for (const tab of document.querySelectorAll(".tabs [aria-current]")) {
    const [row, own] = [tab.closest(".tabs"), tab.getBoundingClientRect()];
    row.scrollLeft += own.right - row.getBoundingClientRect().right + own.width / 2;
  }
  document.addEventListener("click", (event) => closeAll(event.target.closest("[data-menu]")));
  document.addEventListener("keydown", (event) => {
    const menu = event.target.closest?.("[data-menu]");
    if (event.key === "Escape") return leave(menu);
    if (menu?.open && (event.key === "ArrowDown" || event.key === "ArrowUp")) walk(menu, event);
    return undefined;
  });
  document.addEventListener("focusin", (event) => closeAll(event.target.closest("[data-menu]")));
  document.addEventListener("toggle", (event) => settle(event.target), { capture: true });
  document.addEventListener("scroll", (event) => closeWithin(event.target), { capture: true });
}

/** In a box that scrolls (a board) a sheet would be cut off: it is laid over the window there. */
function settle(menu) {
  if (!menu.matches("[data-menu][open]") || !menu.closest("[data-board]")) return;
  const sheet = menu.querySelector(".menu__sheet");
  const box = menu.getBoundingClientRect();
  sheet.style.position = "fixed";
  sheet.style.right = "auto";
  const left = Math.min(box.right - sheet.offsetWidth, window.innerWidth - sheet.offsetWidth - 8);
  const isRoomBelow = box.bottom + sheet.offsetHeight + 12 < window.innerHeight;
  sheet.style.left = `${Math.max(8, left)}px`;
  sheet.style.top = `${isRoomBelow ? box.bottom + 6 : Math.max(8, box.top - sheet.offsetHeight - 6)}px`;
}

/** A sheet laid over the window does not scroll along. */
function closeWithin(scrolled) {
  for (const menu of document.querySelectorAll("[data-board] [data-menu][open]")) {
    if (scrolled.contains?.(menu)) menu.open = false;
  }
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
