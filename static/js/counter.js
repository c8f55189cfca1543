/* Characters left, shown when it gets close: <textarea maxlength="300" data-counter>.
   The text appears under the field from the last fifth on and is read aloud at 20 and at 0. */
(() => {
  const { bind, word, say } = window.CoachHub;

  bind("[data-counter]", (field) => {
    const limit = field.maxLength;
    if (limit <= 0) return;
    const place = Object.assign(document.createElement("p"), { className: "help num", hidden: true });
    field.after(place);

    function show() {
      const left = limit - field.value.length;
      place.hidden = left > limit / 5;
      place.textContent = word("left", { count: left });
      if (left === 20 || left === 0) say(place.textContent);
    }

    field.addEventListener("input", show);
    show();
  });
})();
