/* Rating by thumb or keyboard. Needs outbox.js before it.
   <form data-rating="/save/url/" method="post" action="…"> with templates/_parts/rating_scale.html
   inside and, anywhere on the page, <span data-rating-status></span>: "2 rated". The focus is enough.
   Each tap posts all chosen levels so far, level-<criterion>=0..4, and form_key; the server saves
   what it gets (the same values again change nothing) and answers 2xx. 0 is "not seen".
   Keys: 1-4 and 0 rate the criterion in focus (or the first open one) and move on to the next open
   one; arrows choose inside a scale as the browser does. The form gets the event rating:saved when
   the server has it: <… hx-trigger="rating:saved from:#the-form">. Without JavaScript the form is
   sent by its button. */
(() => {
  const { bind, id, outbox, say, word } = window.CoachHub;

  const scales = (form) => [...form.querySelectorAll("[data-scale]")];
  const rated = (scale) => scale.querySelector("input:checked") !== null;

  function status(form, state) {
    const text = word(state, { done: scales(form).filter(rated).length });
    for (const place of document.querySelectorAll("[data-rating-status]")) place.textContent = text;
    return text;
  }

  function save(form) {
    const url = form.dataset.rating;
    const levels = [...form.querySelectorAll("[data-scale] input:checked")];
    const fields = Object.fromEntries(levels.map((input) => [input.name, input.value]));
    status(form, "rated");
    outbox.put({
      key: `rating:${url}`,
      url,
      fields: { ...fields, form_key: id() },
      replace: true,
      aloud: false,
    });
  }

  function moveOn(form, from) {
    const all = scales(form);
    const after = [...all.slice(all.indexOf(from) + 1), ...all].find((scale) => !rated(scale));
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    const to = after ?? from;
    to.querySelector("input:checked, input").focus({ preventScroll: true });
    to.scrollIntoView({ block: "nearest", behavior: still ? "auto" : "smooth" });
    if (!after) form.dispatchEvent(new CustomEvent("rating:complete", { bubbles: true }));
  }

  function current(form) {
    const inFocus = document.activeElement?.closest("[data-scale]");
    if (inFocus && form.contains(inFocus)) return inFocus;
    const nothingInFocus = [document.body, document.getElementById("main")].includes(document.activeElement);
    return nothingInFocus ? (scales(form).find((scale) => !rated(scale)) ?? null) : null;
  }

  function onKey(form, event) {
    if (!form.isConnected || event.ctrlKey || event.metaKey || event.altKey) return;
    if (!/^[0-9]$/.test(event.key)) return;
    const scale = current(form);
    const input = scale?.querySelector(`input[value="${event.key}"]`);
    if (!input) return;
    event.preventDefault();
    input.checked = true;
    save(form);
    moveOn(form, scale);
  }

  bind("form[data-rating]", (form) => {
    const mine = (event) => event.detail.key === `rating:${form.dataset.rating}` && form.isConnected;
    form.addEventListener("change", (event) => event.target.closest("[data-scale]") && save(form));
    document.addEventListener("keydown", (event) => onKey(form, event));
    document.addEventListener("outbox:sent", (event) => {
      if (!mine(event)) return;
      say(status(form, "ratedSaved"));
      form.dispatchEvent(new CustomEvent("rating:saved", { bubbles: true }));
    });
    /* the rating is over: what the server says stands where "saved" would */
    document.addEventListener("outbox:refused", (event) => {
      if (!mine(event)) return;
      const said = new DOMParser().parseFromString(event.detail.text, "text/html").body.textContent.trim();
      for (const place of document.querySelectorAll("[data-rating-status]")) place.textContent = said || word("failed");
      say(said || word("failed"));
    });
    /* after a reload: what was chosen here and has not been sent yet is chosen again */
    const waiting = outbox.find(`rating:${form.dataset.rating}`);
    for (const [name, value] of Object.entries(waiting?.fields ?? {})) {
      const input = form.querySelector(`input[name="${CSS.escape(name)}"][value="${CSS.escape(value)}"]`);
      if (input) input.checked = true;
    }
    status(form, waiting || !form.querySelector("input:checked") ? "rated" : "ratedSaved");
  });
})();
