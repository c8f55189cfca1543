/* The run page. Needs outbox.js before it.
   - form[data-waits]: is sent once everything typed and tapped has been saved, 3 s at most, so that
     what comes next knows the last word.
   - [data-quiet]: a part that asks again by itself says nothing when the connection is gone.
   - [data-ends="#id"]: when this arrives, that dialog has done its work: it closes, what arrived is read
     aloud, and the focus goes to the coach's own rating, or to both views.
   - <button aria-pressed data-fill="line" data-text="…" data-about="3">: a proposed line goes into that field of its
     form, after what stands there, and out again; pressed while it stands there. data-about goes into the form's
     field "behaviour", data-else of the buttons' group when none is pressed any more.
   - <button aria-pressed data-fill="cue will" data-cue="…" data-will="…">: the same for several fields, in place of
     what stands there, which comes back.
   - event "saved" on the body after a save, for parts that show what is still missing.
   - <div data-missing data-keep="Keep" data-all="Everything is there."><p>Still missing: <span>Keep.</span></p>:
     names at once only what is still empty on this page (data-rating, -keep, -change, -plan); the server's list
     comes after the save. */
(() => {
  const { bind, say, store } = window.CoachHub;
  const MOST = 3000;
  let timer = 0;

  const waiting = () => (store.read("outbox") ?? []).length > 0;

  document.addEventListener(
    "submit",
    (event) => {
      const form = event.target;
      if (!form.matches("form[data-waits]") || !waiting()) return;
      const began = performance.now();
      const { submitter } = event;
      event.preventDefault();
      event.stopImmediatePropagation();
      if (form.dataset.waiting) return;
      form.dataset.waiting = "yes";
      const again = () => {
        if (waiting() && performance.now() - began < MOST) return setTimeout(again, 60);
        delete form.dataset.waiting;
        form.removeAttribute("data-waits");
        form.requestSubmit(submitter);
        form.setAttribute("data-waits", "");
      };
      setTimeout(again, 60);
    },
    true,
  );

  bind("[data-quiet]", (element) => {
    for (const name of ["htmx:error", "htmx:response:error"])
      element.addEventListener(name, (event) => event.stopPropagation());
  });

  bind("[data-ends]", (element) => {
    const dialog = document.querySelector(element.dataset.ends);
    if (!dialog?.open) return;
    dialog.close();
    say(element.querySelector("[role=status]")?.textContent.trim());
    const next = document.querySelector("#reveal-title, #rating-title") ?? element;
    next.tabIndex = -1;
    next.focus();
    element.scrollIntoView({ block: "start" });
  });

  const before = new WeakMap();
  const fieldsOf = (chip) => chip.dataset.fill.split(" ").map((name) => chip.form.elements[name]);
  const stands = (chip) =>
    fieldsOf(chip).every(({ name, value }) =>
      "text" in chip.dataset ? value.includes(chip.dataset.text) : value === chip.dataset[name],
    );
  const isPressed = (chip) => chip.ariaPressed === "true";
  const show = (chip) => chip.setAttribute("aria-pressed", stands(chip));

  /* what the field holds after a tap; a line that has been written on stays */
  function tapped(chip, { name, value }) {
    const { text } = chip.dataset;
    if (text === undefined) return isPressed(chip) ? (before.get(chip)?.[name] ?? "") : chip.dataset[name];
    if (!isPressed(chip)) return value.trim() ? `${value.trimEnd()}\n${text}` : text;
    return value.split("\n").filter((line) => line !== text).join("\n");
  }

  function about(form) {
    const chips = [...form.querySelectorAll("[data-about]")];
    const group = chips[0]?.closest("[data-else]");
    if (group) form.elements.behaviour.value = chips.findLast(isPressed)?.dataset.about ?? group.dataset.else;
  }

  document.addEventListener("click", (event) => {
    const chip = event.target.closest("[data-fill]");
    if (!chip) return;
    const fields = fieldsOf(chip);
    const values = fields.map((field) => tapped(chip, field));
    if (!isPressed(chip)) before.set(chip, Object.fromEntries(fields.map(({ name, value }) => [name, value])));
    fields.forEach((field, at) => (field.value = values[at]));
    for (const each of chip.form.querySelectorAll("[data-fill]")) show(each);
    about(chip.form);
    for (const field of fields)
      for (const type of ["input", "change"]) field.dispatchEvent(new Event(type, { bubbles: true }));
  });
  bind("[data-fill]", show);
  document.addEventListener("input", (event) => event.target.form?.querySelectorAll("[data-fill]").forEach(show));

  /* written, and no answer to a refused save stands over it */
  function written(selector) {
    const field = document.querySelector(selector);
    return field?.value.trim() && !field.form.querySelector("[data-answer] > *");
  }

  const THERE = {
    rating: () => document.querySelector("#rating-form [data-scale]")?.querySelector("input:checked"),
    keep: () => written("#feedback-keep [name=line]"),
    change: () => written("#feedback-change [name=line]"),
    plan: () => written("#plan [name=cue]") && written("#plan [name=will]"),
  };
  let look = () => {};

  bind("[data-missing]", (note) => {
    const parts = Object.keys(THERE).filter((part) => part in note.dataset);
    const [sentence, aside] = note.querySelectorAll("p");
    const words = [...sentence.childNodes];
    const list = sentence.querySelector("span");
    look = () => {
      const left = parts.filter((part) => !THERE[part]()).map((part) => note.dataset[part]);
      list.textContent = `${left.join(", ")}.`;
      sentence.replaceChildren(...(left.length ? words : [note.dataset.all]));
      note.classList.toggle("note-good", !left.length);
      if (aside) aside.hidden = !left.length;
    };
    look();
  });
  for (const name of ["input", "change", "keyup"]) document.addEventListener(name, () => look());

  document.addEventListener("outbox:sent", () => {
    clearTimeout(timer);
    timer = setTimeout(() => document.body.dispatchEvent(new CustomEvent("saved")), 250);
  });
})();
