// htmx requests carry the CSRF token; what fails is said, never swallowed.
import { csrfToken, say } from "./words.js";
import { toast } from "./toasts.js";

export function reportRequests() {
  const body = document.body;
  body.addEventListener("htmx:configRequest", (event) => {
    event.detail.headers["X-CSRFToken"] = csrfToken();
  });
  // A form that was refused (409, 422) comes back with its errors and what was typed: show it.
  body.addEventListener("htmx:beforeSwap", (event) => {
    if ([409, 422].includes(event.detail.xhr.status)) {
      event.detail.shouldSwap = true;
      event.detail.isError = false;
    }
  });
  body.addEventListener("htmx:responseError", () => toast(say("failed")));
  body.addEventListener("htmx:sendError", () => toast(say("offline")));
}
