/* The focus brings its own success criterion and reason, as long as the criterion was not rewritten.
   <select data-focus="success_criterion"><option data-success="…" data-because="…">
   The text of the field named there follows the choice; the select's help text says why. Without
   JavaScript the server does the same when the form is saved. */
(() => {
  window.CoachHub.bind("select[data-focus]", (select) => {
    const text = select.form.elements[select.dataset.focus];
    const because = document.getElementById(`${select.id}_helptext`);
    const defaults = new Set([...select.options].map((option) => option.dataset.success));

    select.addEventListener("change", () => {
      const option = select.selectedOptions[0];
      if (because && option.dataset.because) because.textContent = option.dataset.because;
      if (text && (defaults.has(text.value) || !text.value.trim())) {
        text.value = option.dataset.success;
        text.dispatchEvent(new Event("input", { bubbles: true }));
      }
    });
  });
})();
