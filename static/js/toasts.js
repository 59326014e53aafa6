// Messages about what just happened. The server's flashes and ours look and leave alike; an
// error, or one with Undo, stays long enough to be read and reached.
const ICONS = { success: "circle-check", info: "info", warning: "triangle-alert", error: "circle-alert" };
const KEPT = "hadi-toasts";
const SECONDS = { plain: 6, important: 12 };

export function startToasts() {
  for (const note of document.querySelectorAll("[data-toast]")) tend(note);
  for (const kept of takeKept()) toast(kept.text, kept);
}

/** Carry the messages of a page that was fetched, not shown, over to the next one that is. */
export function keepForNextPage(page) {
  const notes = [...page.querySelectorAll("[data-toasts] [data-toast]")].map((note) => {
    const form = note.querySelector("form");
    return {
      text: note.querySelector(".toast-note__text").textContent,
      kind: /toast-note--(\w+)/.exec(note.className)?.[1] ?? "info",
      undo: form && { url: form.getAttribute("action"), label: form.textContent.trim() },
    };
  });
  try {
    if (notes.length) sessionStorage.setItem(KEPT, JSON.stringify(notes));
  } catch {
    // Without storage the message is lost, never the data.
  }
}

function takeKept() {
  try {
    const notes = JSON.parse(sessionStorage.getItem(KEPT)) ?? [];
    sessionStorage.removeItem(KEPT);
    return notes;
  } catch {
    return [];
  }
}

/** Say `text` in the live region; `undo` is {url, label} or nothing. */
export function toast(text, { kind = "error", undo = null } = {}) {
  const region = document.querySelector("[data-toasts]");
  const template = document.querySelector("[data-toast-template]");
  if (!region || !template || !text) return;
  for (const shown of region.children) {
    if (shown.querySelector(".toast-note__text")?.textContent === text) shown.remove();
  }
  const note = template.content.firstElementChild.cloneNode(true);
  note.className = `toast-note toast-note--${kind}`;
  note.querySelector(".toast-note__text").textContent = text;
  const drawing = note.querySelector("use");
  drawing.setAttribute("href", drawing.getAttribute("href").replace(/#.*/, `#${ICONS[kind]}`));
  if (undo) note.querySelector(".toast-note__text").after(undoForm(undo, region.dataset.csrf));
  region.append(note);
  tend(note);
}

function undoForm({ url, label }, csrf) {
  const form = document.createElement("form");
  form.method = "post";
  form.action = url;
  const token = document.createElement("input");
  token.type = "hidden";
  token.name = "csrf_token";
  token.value = csrf;
  const button = document.createElement("button");
  button.className = "btn btn-quiet btn-sm";
  button.textContent = label;
  form.append(token, button);
  return form;
}

function tend(note) {
  if (note.closest("[data-toasts-still]")) return;
  const close = note.querySelector("[data-toast-close]");
  close.hidden = false;
  close.addEventListener("click", () => note.remove());
  const isImportant = note.matches(".toast-note--error") || note.querySelector("form");
  const wait = (isImportant ? SECONDS.important : SECONDS.plain) * 1000;
  let timer = setTimeout(() => note.remove(), wait);
  const hold = () => clearTimeout(timer);
  const release = () => {
    hold();
    timer = setTimeout(() => note.remove(), wait);
  };
  note.addEventListener("pointerenter", hold);
  note.addEventListener("focusin", hold);
  note.addEventListener("pointerleave", release);
  note.addEventListener("focusout", release);
}
