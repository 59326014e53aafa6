// Files may be dropped on their area, and their sending shows real progress (`data-upload` on the
// form). The page that answers replaces this one, as it would without scripts. Where the form says
// so (`data-uploads`), what is large goes in pieces.
import { sendInPieces } from "./pieces.js";
import { release } from "./submits.js";
import { say } from "./words.js";
import { keepForNextPage, toast } from "./toasts.js";

export function uploadFiles(root) {
  for (const area of root.querySelectorAll("[data-file-drop]")) receive(area);
  for (const form of root.querySelectorAll("form[data-upload]")) {
    form.addEventListener("submit", (event) => send(form, event));
  }
}

function receive(area) {
  const input = area.querySelector('input[type="file"]');
  const words = area.querySelector("[data-file-drop-words]");
  const over = (isOver) => area.classList.toggle("is-over", isOver);
  area.addEventListener("dragover", (event) => {
    event.preventDefault();
    over(true);
  });
  area.addEventListener("dragleave", () => over(false));
  area.addEventListener("drop", (event) => {
    event.preventDefault();
    over(false);
    if (!event.dataTransfer.files.length) return;
    input.files = event.dataTransfer.files;
    input.dispatchEvent(new Event("change", { bubbles: true }));
  });
  input.addEventListener("change", () => {
    const files = [...input.files];
    const named = files.slice(0, 3).map(({ name }) => name).join(", ");
    if (!files.length) return;
    words.textContent = `${named}${files.length > 3 ? " …" : ""} · ${size(weight(files))}`;
  });
}

function weight(files) {
  return files.reduce((sum, { size }) => sum + size, 0);
}

function size(bytes) {
  const unit = bytes < 1e6 ? "kilobyte" : "megabyte";
  const amount = Math.max(0.1, bytes / (bytes < 1e6 ? 1e3 : 1e6));
  return new Intl.NumberFormat(document.documentElement.lang, {
    style: "unit", unit, maximumFractionDigits: amount < 10 ? 1 : 0,
  }).format(amount);
}

function send(form, event) {
  const box = form.querySelector("[data-upload-progress]");
  const input = form.querySelector('input[type="file"]');
  if (event.defaultPrevented || !box || !input?.files.length) return;
  event.preventDefault();
  event.submitter?.setAttribute("aria-busy", "true");
  const files = [...input.files];
  if (form.dataset.uploads && weight(files) > Number(form.dataset.small)) {
    sendInPieces(form, files, box, () => release(form));
    return;
  }
  const bar = box.querySelector("progress");
  const share = box.querySelector("[data-upload-share]");
  box.hidden = false;
  const request = new XMLHttpRequest();
  request.open("POST", form.action);
  request.setRequestHeader("Accept", "text/html");
  request.upload.addEventListener("progress", ({ loaded, total }) => {
    bar.value = (100 * loaded) / total;
    share.textContent = loaded < total ? `${Math.floor(bar.value)}%` : say("checking");
  });
  request.addEventListener("load", () => arrive(form, request));
  request.addEventListener("error", () => {
    box.hidden = true;
    release(form);
    toast(say("offline"));
  });
  request.send(new FormData(form, event.submitter));
}

/** After a redirect go where it led; what the address itself answers (a refusal, or what a list would
 * do, before it is stored) is shown in this page's place: asked for again it would be gone. */
function arrive(form, request) {
  const answer = new DOMParser().parseFromString(request.responseText, "text/html");
  const hasMessage = answer.querySelector("[data-toasts] [data-toast]") !== null;
  const isAnswer = bare(request.responseURL) === bare(form.action) && !hasMessage;
  if (request.status < 400 && !isAnswer) {
    // The server has told its message to this request; the page that is opened would not get it.
    keepForNextPage(answer);
    location.assign(request.responseURL);
    return;
  }
  const main = answer.getElementById("content");
  if (!main) {
    release(form);
    form.querySelector("[data-upload-progress]").hidden = true;
    toast(say("failed"));
    return;
  }
  document.title = answer.title;
  document.getElementById("content").replaceWith(document.adoptNode(main));
  window.htmx.process(main);
  main.dispatchEvent(new CustomEvent("htmx:load", { bubbles: true, detail: { elt: main } }));
  if (request.status < 400) window.scrollTo(0, 0);
}

function bare(address) {
  return address.replace(/#.*/, "");
}
