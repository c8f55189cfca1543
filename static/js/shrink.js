/* While somebody types, the phone's keyboard takes half of the screen: a sticky head marked
   [data-shrinks] becomes one line (body.typing; session.css hides all of it but .run-short). The room
   it gives up becomes its margin, so that nothing below it moves and no tap misses its button. */
(() => {
  const TYPED = "textarea, input:not([type=radio], [type=checkbox], [type=submit], [type=file], [type=hidden])";

  function shrink(on) {
    if (document.body.classList.contains("typing") === on) return;
    const heads = [...document.querySelectorAll("[data-shrinks]")];
    const before = heads.map((head) => head.offsetHeight);
    document.body.classList.toggle("typing", on);
    heads.forEach((head, at) => {
      head.style.marginBottom = on ? `${before[at] - head.offsetHeight}px` : "";
    });
  }

  document.addEventListener("focusin", (event) => shrink(event.target.matches(TYPED)));
  document.addEventListener("focusout", () => shrink(false));
})();
