// The board without a mouse: Space picks a card up, arrows carry it over the columns (and within
// one, where people keep an order), Space puts it down, Escape takes it back. Every step is said in
// the live region.
export function moveByKeyboard(board, table) {
  let held = null;

  board.addEventListener("keydown", (event) => {
    const grip = event.target.closest?.("[data-grip]");
    if (!grip) return;
    const card = grip.closest("[data-card]");
    if (event.key === " " || event.key === "Enter") {
      event.preventDefault();
      if (held) putDown();
      else pickUp(card, grip);
    } else if (held && (event.key === "ArrowRight" || event.key === "ArrowLeft")) {
      event.preventDefault();
      carry(event.key === "ArrowRight" ? 1 : -1);
    } else if (held && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
      event.preventDefault();
      if (board.hasAttribute("data-sorted")) shift(event.key === "ArrowDown");
    } else if (held && event.key === "Escape") {
      event.preventDefault();
      giveUp();
    }
  });
  board.addEventListener("focusout", (event) => {
    if (held && !held.isCarried && event.target === held.grip) giveUp();
  });

  function columns() {
    return [...board.querySelectorAll("[data-column]")];
  }

  function pickUp(card, grip) {
    const column = card.closest("[data-column]");
    held = { card, grip, home: table.placeOf(card), at: columns().indexOf(column), isCarried: false };
    card.classList.add("is-lifted");
    grip.setAttribute("aria-pressed", "true");
    table.tell(board, "picked", card, column);
  }

  function carry(step) {
    const all = columns();
    const next = all[held.at + step];
    if (!next) return;
    held.at += step;
    const list = next.querySelector("[data-cards]");
    const isHome = list === held.home.list;
    const rule = table.ruleFor(held.card, next);
    table.clear(board);
    if (isHome || rule?.url || rule?.visit) {
      lay(list, isHome);
      if (!isHome) next.classList.add("is-target");
      table.tell(board, "over", held.card, next);
    } else {
      table.judge(board, held.card, list);
      sayReason(next, rule?.reason);
    }
    next.scrollIntoView({ block: "nearest", inline: "nearest" });
  }

  /** Past the next card, or the one before. */
  function shift(isDown) {
    const { card, grip } = held;
    const other = isDown ? card.nextElementSibling : card.previousElementSibling;
    if (!other) return;
    held.isCarried = true;
    if (isDown) other.after(card);
    else other.before(card);
    grip.focus();
    held.isCarried = false;
    const column = card.closest("[data-column]");
    const cards = [...card.parentElement.children];
    table.tell(board, "place", card, column, { place: cards.indexOf(card) + 1, of: cards.length });
    card.scrollIntoView({ block: "nearest" });
  }

  /** Moving the element drops its focus for a moment; that is not the person leaving it. */
  function lay(list, isHome) {
    held.isCarried = true;
    if (isHome) list.insertBefore(held.card, held.home.next);
    else list.prepend(held.card);
    held.grip.focus();
    held.isCarried = false;
  }

  function sayReason(column, reason) {
    table.tell(board, "over", held.card, column);
    const live = board.parentElement.querySelector("[data-board-live]");
    if (live && reason) live.textContent += ` ${reason}`;
  }

  function putDown() {
    const { card, home } = held;
    const target = columns()[held.at];
    const list = card.parentElement;
    const isRefused = target !== list.closest("[data-column]");
    const { grip } = held;
    release();
    if (isRefused) {
      if (list !== home.list) home.list.insertBefore(card, home.next);
      table.tellRefusal(board, card, target);
    } else if (table.isMoved(card, list, home)) {
      table.drop(board, card, list, home);
    } else {
      table.tell(board, "back", card, target);
    }
    grip.focus();
  }

  function giveUp() {
    const { card, home, grip } = held;
    if (table.isMoved(card, card.parentElement, home)) {
      held.isCarried = true;
      home.list.insertBefore(card, home.next);
    }
    release();
    grip.focus();
    table.tell(board, "back", card, home.list.closest("[data-column]"));
  }

  function release() {
    held.card.classList.remove("is-lifted");
    held.grip.removeAttribute("aria-pressed");
    table.clear(board);
    held = null;
  }
}
