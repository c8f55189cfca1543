/* The form of a decision: <form data-decision data-sentence="From now on: {what}.">.
   <button aria-pressed data-example="difficulty">: puts its words into "What changes" and chooses that
   adjustment; pressed while they stand there, and then takes them out again.
   The sentence to learners says what changes, until somebody writes it. */
(() => {
  window.CoachHub.bind("form[data-decision]", (form) => {
    const { what, told_to_learners: told } = form.elements;
    const examples = [...form.querySelectorAll("[data-example]")];
    const words = (example) => example.textContent.trim();
    const isThere = (example) => words(example) === what.value.trim();

    function sentence() {
      const text = what.value.trim();
      return text && form.dataset.sentence.replace("{what}", () => text);
    }

    function write(field, text) {
      field.value = text;
      field.dispatchEvent(new Event("input", { bubbles: true }));
    }

    function follow() {
      for (const example of examples) example.setAttribute("aria-pressed", isThere(example));
      if (ours && told.value !== sentence()) write(told, sentence());
    }

    let ours = [sentence(), ""].includes(told.value);
    told.addEventListener("input", (event) => event.isTrusted && (ours = !told.value));
    what.addEventListener("input", follow);
    form.addEventListener("click", (event) => {
      const example = event.target.closest("[data-example]");
      if (!example) return;
      if (isThere(example)) return write(what, "");
      form.querySelector(`[name="adjustment"][value="${example.dataset.example}"]`).checked = true;
      write(what, words(example));
    });
    for (const example of examples) example.setAttribute("aria-pressed", isThere(example));
  });
})();
