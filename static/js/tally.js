/* "+1" taps that survive a bad connection. Needs outbox.js before it.
   <form data-tally method="post" action="/url/"> hidden fields, <input name="form_key" type="hidden">
     <button name="tap" value="seen">… <b data-count="seen">2</b></button>
     <button name="tap" value="missed">… <b data-count="missed">0</b></button>
     <button name="undo" value="last" data-last="seen">  (data-last: kind of the last tap, if any)
   A tap posts the hidden fields, tap=<kind> and its own form_key: the server stores it under that
   key once. Undo posts undo=<key of that tap>, or undo=last when the tap was made before this page
   was loaded; a tap still waiting on this device is simply dropped. Without JavaScript each button
   posts the form. Counts are read aloud. */
(() => {
  const { bind, id, outbox, say } = window.CoachHub;

  function setUp(form) {
    const url = form.getAttribute("action");
    const undo = form.querySelector('button[name="undo"]');
    const made = undo?.dataset.last ? [{ kind: undo.dataset.last, key: "last" }] : [];
    const hidden = () =>
      Object.fromEntries(
        [...form.querySelectorAll("input[type=hidden]")]
          .filter((input) => !["form_key", "csrfmiddlewaretoken"].includes(input.name))
          .map((input) => [input.name, input.value]),
      );

    function count(kind, step) {
      const place = form.querySelector(`[data-count="${kind}"]`);
      if (!place) return;
      place.textContent = String(Math.max(0, Number(place.textContent) + step));
      say(place.closest("button").textContent.replace(/\s+/g, " ").trim());
    }

    const showUndo = () => undo?.toggleAttribute("hidden", !made.length);

    function tap(kind) {
      const key = id();
      made.push({ kind, key });
      count(kind, 1);
      outbox.put({ key: `tap:${key}`, url, fields: { ...hidden(), tap: kind, form_key: key }, aloud: false });
    }

    function takeBack() {
      const last = made.pop();
      if (!last) return;
      count(last.kind, -1);
      if (outbox.drop(`tap:${last.key}`)) return;
      outbox.put({
        key: `undo:${last.key}`,
        url,
        fields: { ...hidden(), undo: last.key, form_key: id() },
        aloud: false,
      });
    }

    form.addEventListener("submit", (event) => {
      event.preventDefault();
      if (event.submitter?.name === "undo") takeBack();
      else if (event.submitter?.name === "tap") tap(event.submitter.value);
      const hadFocus = undo === document.activeElement;
      showUndo();
      if (hadFocus && undo.hidden) form.querySelector('button[name="tap"]').focus();
    });
    showUndo();

    /* a tap the server refuses (the session was closed elsewhere) comes off the count again */
    document.addEventListener("outbox:refused", (event) => {
      const at = made.findIndex((each) => event.detail.key === `tap:${each.key}`);
      if (at >= 0) count(made.splice(at, 1)[0].kind, -1);
      showUndo();
    });
  }

  bind("form[data-tally]", setUp);
})();
