// The sentence forms itself as one types, and the coach's hints step back one by one.
export function coachSentences(root) {
  const scope = root.closest?.("form") ?? root;
  for (const sentence of scope.querySelectorAll("[data-sentence]")) follow(sentence);
  for (const coach of scope.querySelectorAll("[data-coach]")) listen(coach);
}

function formOf(element) {
  return element.closest("form") ?? document.querySelector("form[data-sentence-form]");
}

function follow(sentence) {
  const form = formOf(sentence);
  if (!form) return;
  const parts = [...sentence.querySelectorAll("[data-part]")];
  const show = () => {
    for (const part of parts) {
      const typed = tidy(form.elements[part.dataset.part]?.value ?? "");
      part.textContent = typed || part.dataset.gap;
      part.className = typed ? "sentence__part" : "sentence__gap";
    }
  };
  form.addEventListener("input", show);
  form.addEventListener("hadi:restored", show);
  show();
}

/** As it reads inside a sentence: one line, no full stop, without a repeated "because". */
function tidy(text) {
  return text.replace(/\s+/g, " ").trim().replace(/[.\s]+$/, "");
}

function listen(coach) {
  const form = formOf(coach);
  if (!form) return;
  const done = coach.querySelector("[data-coach-done]");
  const show = () => {
    let open = 0;
    for (const hint of coach.querySelectorAll("[data-hint]")) {
      hint.hidden = Boolean(form.elements[hint.dataset.hint]?.value.trim());
      open += hint.hidden ? 0 : 1;
    }
    if (done) done.hidden = open > 0;
  };
  form.addEventListener("input", show);
  form.addEventListener("hadi:restored", show);
  show();
}
