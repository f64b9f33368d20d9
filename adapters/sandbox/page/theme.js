// Decides light or dark before the first paint, which is why it is a plain script and not a module.
(() => {
  const root = document.documentElement;
  const system = matchMedia("(prefers-color-scheme: dark)");
  const chosen = () => {
    try {
      return localStorage.getItem("theme");
    } catch {
      return null; // a browser that forbids storage follows the system
    }
  };
  const isDark = () => (chosen() ?? (system.matches ? "dark" : "light")) === "dark";

  function show() {
    root.dataset.theme = isDark() ? "dark" : "light";
    document.getElementById("theme")?.setAttribute("aria-pressed", String(isDark()));
  }

  function turn() {
    const next = isDark() ? "light" : "dark";
    try {
      localStorage.setItem("theme", next);
      show();
    } catch {
      root.dataset.theme = root.dataset.theme === "dark" ? "light" : "dark";
    }
  }

  show();
  system.addEventListener("change", show);
  addEventListener("DOMContentLoaded", () => {
    show();
    document.getElementById("theme").addEventListener("click", turn);
  });
})();
