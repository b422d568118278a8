// Runs before the first paint, so that a dark page never flashes white. A file of its own: the page forbids inline scripts.
(function () {
  var wish = "auto";
  try {
    wish = localStorage.getItem("werkbank-color-scheme") || "auto";
  } catch (refused) {
    // Storage may be switched off; the system's scheme is used then.
  }
  var isDark = wish === "dark" || (wish !== "light" && matchMedia("(prefers-color-scheme: dark)").matches);
  document.documentElement.setAttribute("data-mantine-color-scheme", isDark ? "dark" : "light");
})();
