// Ctrl+Enter (⌘+Enter) sends the form one writes in: a text of several lines keeps its Enter.
export function submitByKeyboard() {
  document.addEventListener("keydown", (event) => {
    const form = event.target.form;
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || form?.method !== "post") return;
    event.preventDefault();
    form.requestSubmit();
  });
}
