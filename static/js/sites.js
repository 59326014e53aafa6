// A long list of sites can be searched: what does not fit steps aside, what is ticked stays.
export function searchSites(root) {
  for (const list of root.querySelectorAll("[data-site-list]")) {
    const search = list.querySelector("[data-site-search]");
    if (!search) continue;
    const options = [...list.querySelectorAll("[data-site], .site-list__option")];
    search.addEventListener("input", () => {
      const wanted = search.value.trim().toLocaleLowerCase();
      for (const option of options) {
        const isTicked = option.querySelector("input")?.checked;
        option.hidden = !isTicked && !option.textContent.toLocaleLowerCase().includes(wanted);
      }
    });
    search.addEventListener("keydown", (event) => {
      if (event.key === "Enter") event.preventDefault();
    });
  }
}
