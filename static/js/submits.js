// A form is sent once: its button rests after the press, and wakes if one comes back by "Back".
export function guardDoubleSubmits() {
  // "Back" opens the page of a refused form anew, where its draft waits; without this the browser
  // would ask whether to send the form again, or show an error of its own.
  if (document.body.hasAttribute("data-answer")) {
    history.replaceState(history.state, "", location.href);
  }
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.method !== "post" || form.matches("[hx-post]")) return;
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = "true";
    event.submitter?.setAttribute("aria-busy", "true");
  });
  document.addEventListener("click", (event) => {
    if (event.target.closest('[aria-disabled="true"]')) event.preventDefault();
  });
  window.addEventListener("pageshow", () => {
    for (const form of document.querySelectorAll("form[data-sent]")) release(form);
  });
}

export function release(form) {
  delete form.dataset.sent;
  for (const button of form.querySelectorAll("[aria-busy]")) button.removeAttribute("aria-busy");
}
