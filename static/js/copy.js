// Copies a value that is shown once, a token or a link: `data-copy` is its field's selector,
// `data-copied` what is said when it is done. Without scripts the button stays hidden.
import { toast } from "./toasts.js";

export function offerCopies(root) {
  if (!navigator.clipboard) return;
  for (const button of root.querySelectorAll("[data-copy]")) {
    button.hidden = false;
    button.addEventListener("click", async () => {
      const field = document.querySelector(button.dataset.copy);
      field.select();
      await navigator.clipboard.writeText(field.value);
      toast(button.dataset.copied, { kind: "success" });
    });
  }
}
