// On a narrow screen one pane is seen at a time; the tabs say which, and which of the others has news.

const tabs = () => [...document.querySelectorAll("[data-tab]")];

export function startTabs() {
  for (const tab of tabs()) tab.addEventListener("click", () => showTab(tab.dataset.tab));
  document.addEventListener("turned", (event) => showTab(event.target.dataset.pane));
  showTab("phone");
}

export function showTab(name) {
  document.body.dataset.tab = name;
  for (const tab of tabs()) {
    const isNow = tab.dataset.tab === name;
    if (isNow) tab.setAttribute("aria-current", "true");
    else tab.removeAttribute("aria-current");
    if (isNow && name !== "trouble") tab.classList.remove("unread");
  }
}

const counts = {};

/** Mark a tab whose pane has more in it than when it was last looked at. */
export function markTab(name, count) {
  const hasNews = count > (counts[name] ?? count);
  counts[name] = count;
  if (hasNews && document.body.dataset.tab !== name)
    document.querySelector(`[data-tab="${name}"]`).classList.add("unread");
}
