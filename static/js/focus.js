/* Focus is never lost when htmx replaces the part that held it. In this order it goes to:
   1. what htmx kept (same id) or an [autofocus] in the new part;
   2. [data-focus-on-arrival] in the new part (an error summary, the next question);
   3. when the focused element is gone: the first heading or control of the new part, else <main>;
      when it stayed but a morph took its tabindex: the same element again.
   A page that loads with an error summary puts the focus there too. A link to a group of radios
   (#id of the group) goes to its first radio. */
(() => {
  let held = null;
  let lost = false;
  let fresh = [];

  document.addEventListener("htmx:before:swap", () => {
    held = document.activeElement;
    lost = held && held !== document.body;
    fresh = [];
  });

  document.addEventListener("htmx:before:settle", (event) => {
    fresh.push(...(event.detail.newContent ?? []).filter((node) => node instanceof Element));
  });

  const TAKES_FOCUS = "a[href], button, input, select, textarea, summary, [tabindex]";

  function take(element) {
    if (!element.matches(TAKES_FOCUS)) element.tabIndex = -1;
    element.focus({ preventScroll: false });
  }

  function first(selector) {
    for (const node of fresh) {
      if (!node.isConnected) continue;
      const found = node.matches(selector) ? node : node.querySelector(selector);
      if (found) return found;
    }
    return null;
  }

  document.addEventListener("htmx:after:swap", () => {
    const arrival = first("[data-focus-on-arrival]");
    if (arrival) return take(arrival);
    if (!lost || ![held, document.body].includes(document.activeElement)) return;
    if (held.isConnected) return held.matches(TAKES_FOCUS) || take(held);
    take(
      first("[autofocus]") ??
        first("h1, h2, h3, a[href], button, input:not([type=hidden]), select, textarea") ??
        document.getElementById("main"),
    );
  });

  document.addEventListener("DOMContentLoaded", () => {
    const arrival = document.querySelector("[data-focus-on-arrival]");
    if (arrival) take(arrival);
  });

  document.addEventListener("click", (event) => {
    const link = event.target.closest('a[href^="#"]');
    const target = link && document.getElementById(link.hash.slice(1));
    const control = target?.querySelector?.("input:not([type=hidden]), select, textarea");
    if (!control || target.id === "main") return;
    event.preventDefault();
    control.focus();
  });
})();
