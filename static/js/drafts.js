// What was typed is never lost: forms with `data-draft="key"` keep themselves in this browser and
// offer it back. A draft is dropped once the server has taken it: the page that follows a
// successful submit says so with `data-draft-done="key"`, with the message of a success above the
// form, or simply no longer shows the form. A button with `data-draft-stays` asks for something on
// the way: the form comes back afterwards.
import { fill, say } from "./words.js";

const PREFIX = "hadi-draft:";
const SECRET = new Set(["password", "file", "hidden", "submit"]);
const MONTH = 30 * 24 * 60 * 60 * 1000;

export function keepDrafts(root) {
  settleSent();
  for (const done of root.querySelectorAll("[data-draft-done]")) forget(done.dataset.draftDone);
  for (const form of root.querySelectorAll("form[data-draft]")) keep(form);
}

/** A submit went out from the last page. It was accepted if its form is not here again, or if it
 * stands here empty for the next one, below a message of success. */
function settleSent() {
  const sent = read("hadi-draft-sent");
  if (!sent) return;
  const back = [...document.querySelectorAll("form[data-draft]")].find(
    (form) => form.dataset.draft === sent.key,
  );
  const isTold = document.querySelector("[data-toast].toast-note--success") !== null;
  if (!back || (isTold && !back.querySelector('[aria-invalid="true"]'))) forget(sent.key);
  remove("hadi-draft-sent");
}

function keep(form) {
  const key = form.dataset.draft;
  const original = JSON.stringify(values(form));
  const draft = read(PREFIX + key);
  const isRefused = form.querySelector('[aria-invalid="true"]') !== null;
  if (draft && Date.now() - draft.at < MONTH && !isRefused) offer(form, key, draft);
  let timer = null;
  const store = () => {
    timer = null;
    const now = values(form);
    if (JSON.stringify(now) === original) forget(key);
    else write(PREFIX + key, { at: Date.now(), values: now });
  };
  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(store, 400);
  });
  // Whoever types and leaves at once loses nothing either.
  window.addEventListener("pagehide", () => {
    if (timer === null) return;
    clearTimeout(timer);
    store();
  });
  form.addEventListener("submit", (event) => {
    clearTimeout(timer);
    timer = null;
    write(PREFIX + key, { at: Date.now(), values: values(form) });
    if (!event.submitter?.hasAttribute("data-draft-stays")) write("hadi-draft-sent", { key });
  });
}

function offer(form, key, draft) {
  const before = values(form);
  if (isSame(draft.values, before)) return forget(key);
  apply(form, draft.values);
  const notice = document.createElement("p");
  notice.className = "notice";
  notice.setAttribute("role", "status");
  const when = moment(new Date(draft.at));
  const words = document.createElement("span");
  words.textContent = fill(say("restored"), { when });
  const discard = document.createElement("button");
  discard.type = "button";
  discard.className = "btn btn-quiet btn-sm";
  discard.textContent = say("discard");
  discard.addEventListener("click", () => {
    apply(form, before);
    forget(key);
    notice.remove();
  });
  notice.append(words, discard);
  form.prepend(notice);
  return undefined;
}

/** Whether the form holds what was kept, as far as both have a field. */
function isSame(kept, now) {
  return Object.keys(kept).every((name) => !(name in now) || kept[name] === now[name]);
}

/** As the server writes moments: 20 Feb 2026, 14:05. */
function moment(at) {
  const { lang } = document.documentElement;
  const locale = lang === "en" ? "en-GB" : lang;
  const day = at.toLocaleDateString(locale, { dateStyle: "medium" });
  const clock = at.toLocaleTimeString(locale, {
    hour: "2-digit", minute: "2-digit", hourCycle: "h23",
  });
  return `${day}, ${clock}`;
}

function fields(form) {
  return [...form.elements].filter(
    (field) => field.name && !SECRET.has(field.type) && field.name !== "csrf_token",
  );
}

function values(form) {
  const found = {};
  for (const field of fields(form)) {
    if (field.type === "radio") {
      if (field.checked) found[field.name] = field.value;
    } else if (field.type === "checkbox") {
      found[`${field.name}=${field.value}`] = field.checked;
    } else {
      found[field.name] = field.value;
    }
  }
  return found;
}

function apply(form, kept) {
  for (const field of fields(form)) {
    const name = field.type === "checkbox" ? `${field.name}=${field.value}` : field.name;
    if (!(name in kept)) continue;
    if (field.type === "radio") field.checked = kept[name] === field.value;
    else if (field.type === "checkbox") field.checked = kept[name];
    else if (field.type === "select-one") choose(field, kept[name]);
    else field.value = kept[name];
  }
  form.dispatchEvent(new CustomEvent("hadi:restored"));
}

/** A choice that is not offered any more is left as it is; what hangs on a choice is asked anew. */
function choose(field, value) {
  if (field.value === value || ![...field.options].some((each) => each.value === value)) return;
  field.value = value;
  if (field.hasAttribute("hx-get")) field.dispatchEvent(new Event("change", { bubbles: true }));
}

function read(name) {
  try {
    return JSON.parse(localStorage.getItem(name));
  } catch {
    return null;
  }
}

function write(name, value) {
  try {
    localStorage.setItem(name, JSON.stringify(value));
  } catch {
    // Full or forbidden storage: the form still works, it only is not kept.
  }
}

function remove(name) {
  try {
    localStorage.removeItem(name);
  } catch {
    // As above.
  }
}

function forget(key) {
  remove(PREFIX + key);
}
