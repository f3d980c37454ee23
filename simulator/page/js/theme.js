// Light, dark, or as the system has it.

const chosen = () => localStorage.getItem("theme") ?? "auto";

/** Put the chosen theme on the page. */
export function applyTheme() {
  document.documentElement.style.colorScheme = chosen() === "auto" ? "light dark" : chosen();
}

/** Turn to the other one of light and dark than is shown now. */
export function nextTheme() {
  const dark = matchMedia("(prefers-color-scheme: dark)").matches;
  const shown = chosen() === "auto" ? (dark ? "dark" : "light") : chosen();
  const wanted = shown === "dark" ? "light" : "dark";
  localStorage.setItem("theme", wanted === (dark ? "dark" : "light") ? "auto" : wanted);
  applyTheme();
}
