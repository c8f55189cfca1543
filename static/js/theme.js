/* The reader's choice of light or dark. Buttons: [data-theme-choice] [data-choose=light|dark|auto].
   The choice is a cookie ("theme") because the server writes data-bs-theme into <html>: no flash and
   no script before the first paint. "auto" removes the cookie; then the device decides. */
(() => {
  const root = document.documentElement;
  const YEAR = 365 * 24 * 3600;

  function show() {
    const chosen = root.dataset.bsTheme ?? "auto";
    for (const button of document.querySelectorAll("[data-theme-choice] [data-choose]"))
      button.setAttribute("aria-pressed", String(button.dataset.choose === chosen));
  }

  function colourOfBrowserBar() {
    const paper = getComputedStyle(document.body).backgroundColor;
    for (const meta of document.querySelectorAll("meta[name=theme-color]")) {
      meta.removeAttribute("media");
      meta.content = paper;
    }
  }

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-theme-choice] [data-choose]");
    if (!button) return;
    const choice = button.dataset.choose;
    const secure = location.protocol === "https:" ? "; Secure" : "";
    if (choice === "auto") delete root.dataset.bsTheme;
    else root.dataset.bsTheme = choice;
    const age = choice === "auto" ? 0 : YEAR;
    document.cookie = `theme=${choice}; Path=/; Max-Age=${age}; SameSite=Lax${secure}`;
    show();
    colourOfBrowserBar();
  });

  window.CoachHub.bind("[data-theme-choice]", show);
})();
