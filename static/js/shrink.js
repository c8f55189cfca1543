/* While somebody types, the phone's keyboard takes half of the screen: of a sticky head marked [data-shrinks]
   only its last line stays in sight (body.typing and --head, its height; session.css moves the rest above the
   edge). The head keeps its place in the page, so that nothing below it moves and none of it is missing at the
   top of the page; it comes back once the finger that left the field has done its tap. */
(() => {
  const TYPED = "textarea, input:not([type=radio], [type=checkbox], [type=submit], [type=file], [type=hidden])";
  const AFTER_THE_TAP = 150;
  let timer = 0;
  let pressed = false;

  function shrink(on) {
    clearTimeout(timer);
    if (on)
      for (const head of document.querySelectorAll("[data-shrinks]"))
        head.style.setProperty("--head", `${head.offsetHeight}px`);
    document.body.classList.toggle("typing", on);
  }

  const typing = () => Boolean(document.activeElement?.matches(TYPED));
  const look = () => (pressed ? later() : shrink(typing()));

  function later() {
    clearTimeout(timer);
    timer = setTimeout(look, AFTER_THE_TAP);
  }

  document.addEventListener("pointerdown", () => (pressed = true), true);
  for (const name of ["pointerup", "pointercancel"]) document.addEventListener(name, () => (pressed = false), true);
  document.addEventListener("focusin", (event) => (event.target.matches(TYPED) ? shrink(true) : later()));
  document.addEventListener("focusout", later);
  document.addEventListener("htmx:after:swap", () => document.body.classList.contains("typing") && later());
})();
