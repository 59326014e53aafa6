// Boards: one set of rules (`data-moves` on the card) for the mouse, touch and the keyboard. The
// server decides; a refused card goes back and the reason is said.
import Sortable from "sortablejs";
import { csrfToken, fill, say } from "./words.js";
import { toast } from "./toasts.js";
import { moveByKeyboard } from "./board_keyboard.js";

for (const board of document.querySelectorAll("[data-board]")) start(board);

function start(board) {
  for (const grip of board.querySelectorAll("[data-grip]")) grip.hidden = false;
  const lists = [...board.querySelectorAll("[data-cards]")];
  let home = null;
  for (const list of lists) {
    Sortable.create(list, {
      group: "cards",
      sort: board.hasAttribute("data-sorted"),
      animation: matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : 150,
      draggable: ".board-card:has([data-grip])",
      filter: "[data-menu]",
      preventOnFilter: false,
      delay: 180,
      delayOnTouchOnly: true,
      ghostClass: "is-ghost",
      onStart: ({ item }) => {
        home = placeOf(item);
      },
      onMove: ({ dragged, to }) => judge(board, dragged, to),
      onEnd: ({ item, to }) => {
        const refused = board.querySelector(".is-refusing");
        clear(board);
        if (home && isMoved(item, to, home)) drop(board, item, to, home);
        else if (refused) tellRefusal(board, item, refused);
      },
    });
  }
  moveByKeyboard(board, { placeOf, isMoved, judge, clear, drop, tell, ruleFor, tellRefusal });
  showWays(board);
}

/** On hover and focus of a card's handle: which columns would take it. */
function showWays(board) {
  const show = (event) => {
    const card = event.target.closest?.("[data-grip]")?.closest("[data-card]");
    if (!card) return;
    for (const column of board.querySelectorAll("[data-column]")) {
      const rule = ruleFor(card, column);
      const isOther = column !== columnOf(card.parentElement);
      column.classList.toggle("may-take", isOther && Boolean(rule?.url || rule?.visit));
    }
  };
  const hide = () => {
    for (const column of board.querySelectorAll(".may-take")) column.classList.remove("may-take");
  };
  board.addEventListener("pointerover", (event) => (event.target.closest("[data-grip]") ? show(event) : hide()));
  board.addEventListener("pointerleave", hide);
  board.addEventListener("focusin", show);
  board.addEventListener("focusout", hide);
}

function columnOf(list) {
  return list.closest("[data-column]");
}

function ruleFor(card, column) {
  return JSON.parse(card.dataset.moves)[column.dataset.column];
}

function placeOf(card) {
  return { list: card.parentElement, next: card.nextElementSibling };
}

function isMoved(card, list, home) {
  return list !== home.list || card.nextElementSibling !== home.next;
}

/** Show whether `card` may go to `list`; false keeps Sortable from dropping it there. */
function judge(board, card, list) {
  clear(board);
  const column = columnOf(list);
  if (column === columnOf(card.parentElement)) return true;
  const rule = ruleFor(card, column);
  const mayGo = Boolean(rule?.url || rule?.visit);
  column.classList.add(mayGo ? "is-target" : "is-refusing");
  if (!mayGo) showReason(column, rule?.reason);
  return mayGo;
}

function showReason(column, reason) {
  const place = column.querySelector("[data-refusal]");
  place.textContent = reason ?? "";
  place.hidden = !reason;
}

function clear(board) {
  for (const column of board.querySelectorAll("[data-column]")) {
    column.classList.remove("is-target", "is-refusing");
    showReason(column, null);
  }
}

function tellRefusal(board, card, column) {
  const reason = ruleFor(card, column)?.reason;
  if (reason) toast(reason, { kind: "info" });
  tell(board, "back", card, columnOf(card.parentElement));
}

function tell(board, what, card, column, more = {}) {
  const live = board.parentElement.querySelector("[data-board-live]");
  if (!live) return;
  live.textContent = fill(live.dataset[what] ?? "", {
    card: card?.dataset.name ?? "",
    column: column?.dataset.label ?? "",
    ...more,
  });
}

/** Ask the server to move the card that already lies in `list`; put it back when it refuses. */
async function drop(board, card, list, home) {
  const rule = ruleFor(card, columnOf(list));
  const isReordered = list === home.list;
  const goBack = () => {
    home.list.insertBefore(card, home.next?.parentElement === home.list ? home.next : null);
    tell(board, "back", card, columnOf(home.list));
  };
  if (!rule?.url) {
    goBack();
    if (rule?.visit) location.assign(rule.visit);
    return;
  }
  card.setAttribute("aria-busy", "true");
  const answer = await post(rule.url, card, columnOf(list));
  card.removeAttribute("aria-busy");
  if (!answer.isDone) {
    goBack();
    toast(answer.detail || board.parentElement.querySelector("[data-board-live]")?.dataset.failed);
    return;
  }
  settle(board, card, list, home, answer);
  if (answer.visit && !isReordered) location.assign(answer.visit);
}

function settle(board, card, list, home, answer) {
  if (answer.version) card.dataset.version = answer.version;
  if (answer.moves) card.dataset.moves = JSON.stringify(answer.moves);
  if (answer.card) card = redraw(card, answer.card);
  count(home.list, -1);
  count(list, +1);
  card.classList.add("is-landed");
  card.addEventListener("animationend", () => card.classList.remove("is-landed"), { once: true });
  tell(board, "dropped", card, columnOf(list));
  if (answer.message) {
    const undo = answer.undo_url ? { url: answer.undo_url, label: say("undo") } : null;
    toast(answer.message, { kind: "success", undo });
  }
  // Where a card may go next is the server's to say: a fresh board where it did not.
  if (!answer.moves) location.reload();
}

/** The card as the server draws it now, in the place of the old one. */
function redraw(card, html) {
  const fresh = new DOMParser().parseFromString(html, "text/html").body.firstElementChild;
  const hadFocus = card.contains(document.activeElement);
  card.replaceWith(document.adoptNode(fresh));
  const grip = fresh.querySelector("[data-grip]");
  if (grip) grip.hidden = false;
  if (hadFocus) grip?.focus();
  return fresh;
}

function count(list, change) {
  const place = columnOf(list).querySelector("[data-count]");
  const shown = Number(place.textContent.replace(/\D/g, ""));
  place.textContent = new Intl.NumberFormat(document.documentElement.lang).format(shown + change);
}

async function post(url, card, column) {
  const body = new URLSearchParams({
    csrf_token: csrfToken(),
    version: card.dataset.version,
    to: column.dataset.column,
    after: card.previousElementSibling?.dataset.card ?? "",
  });
  const headers = { Accept: "application/json", "X-CSRFToken": csrfToken() };
  try {
    const response = await fetch(url, { method: "POST", body, headers });
    const isJson = response.headers.get("Content-Type")?.includes("json");
    const answer = isJson ? await response.json() : {};
    return { ...answer, isDone: response.ok };
  } catch {
    return { isDone: false, detail: say("offline") };
  }
}
