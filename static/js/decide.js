/* The form of a decision: <form data-decision data-sentence="From now on: {what}.">.
   [data-example="difficulty"] puts its words into "What changes" and chooses that adjustment.
   The sentence to learners says what changes, until somebody writes it. */
(() => {
  window.CoachHub.bind("form[data-decision]", (form) => {
    const { what, told_to_learners: told } = form.elements;
    const input = () => new Event("input", { bubbles: true });

    function sentence() {
      const text = what.value.trim();
      return text && form.dataset.sentence.replace("{what}", () => text);
    }

    let ours = [sentence(), ""].includes(told.value);
    told.addEventListener("input", (event) => event.isTrusted && (ours = !told.value));
    function mark() {
      for (const each of form.querySelectorAll("[data-example]"))
        each.setAttribute("aria-pressed", each.textContent.trim() === what.value.trim());
    }

    mark();
    what.addEventListener("input", () => {
      mark();
      if (!ours) return;
      told.value = sentence();
      told.dispatchEvent(input());
    });
    form.addEventListener("click", (event) => {
      const example = event.target.closest("[data-example]");
      if (!example) return;
      form.querySelector(`[name="adjustment"][value="${example.dataset.example}"]`).checked = true;
      what.value = example.textContent.trim();
      what.dispatchEvent(input());
    });
  });
})();
