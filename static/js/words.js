// The few sentences that scripts say, in the page's language: the layout carries them.
const source = document.querySelector("[data-words]")?.dataset ?? {};

/** The sentence `name` with its {placeholders} filled. */
export function say(name, values = {}) {
  return fill(source[name] ?? "", values);
}

export function fill(sentence, values) {
  return sentence.replace(/\{(\w+)\}/g, (whole, key) => values[key] ?? whole);
}

export function csrfToken() {
  return document.querySelector('meta[name="csrf-token"]')?.content ?? "";
}
