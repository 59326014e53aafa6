// Light, dark, or as the system has it. The cookie lets the server write `data-theme` into the
// next page, so that nothing flashes; localStorage tells the other tabs.
const ROUND = { auto: "light", light: "dark", dark: "auto" };
const YEAR = 365 * 24 * 60 * 60;

export function startTheme() {
  for (const button of document.querySelectorAll("[data-theme-toggle]")) {
    button.hidden = false;
    button.addEventListener("click", () => choose(ROUND[current()]));
  }
  window.addEventListener("storage", (event) => {
    if (event.key === "hadi_theme" && event.newValue) show(event.newValue);
  });
  show(current());
}

function current() {
  return document.documentElement.dataset.theme ?? "auto";
}

function choose(theme) {
  const secure = location.protocol === "https:" ? "; Secure" : "";
  document.cookie = `hadi_theme=${theme}; Path=/; Max-Age=${YEAR}; SameSite=Lax${secure}`;
  try {
    localStorage.setItem("hadi_theme", theme);
  } catch {
    // Storage may be forbidden; the cookie is enough.
  }
  show(theme);
}

function show(theme) {
  const root = document.documentElement;
  if (theme === "light" || theme === "dark") {
    root.dataset.theme = theme;
    root.dataset.bsTheme = theme;
  } else {
    delete root.dataset.theme;
    delete root.dataset.bsTheme;
  }
  for (const button of document.querySelectorAll("[data-theme-toggle]")) {
    button.setAttribute("aria-label", button.dataset[theme] ?? "");
    for (const icon of button.querySelectorAll("[data-theme-icon]")) {
      icon.hidden = icon.dataset.themeIcon !== theme;
    }
  }
  document.dispatchEvent(new CustomEvent("hadi:theme"));
}
