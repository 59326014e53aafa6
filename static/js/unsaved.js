// Leaving a form marked `data-guard` with unsaved words asks first. Forms that keep a draft need
// no question: what was typed comes back.
export function askBeforeLeaving(root) {
  for (const form of root.querySelectorAll("form[data-guard]")) {
    let isDirty = false;
    form.addEventListener("input", () => {
      isDirty = true;
    });
    form.addEventListener("submit", () => {
      isDirty = false;
    });
    window.addEventListener("beforeunload", (event) => {
      if (isDirty && form.isConnected) event.preventDefault();
    });
  }
}
