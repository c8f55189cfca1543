/* Text saved as it is typed. Needs outbox.js before it.
   <form data-autosave="/url/"> (its text fields and selects) or <textarea data-autosave="/url/">.
   0.8 s after the last key, and when the field is left, posts {<field name>: value, form_key: …}:
   the server saves the fields it gets and leaves the others. While there is no connection the text
   waits on this device; after a reload it is put back into its field. A [data-no-autosave] field
   is left alone. Without JavaScript the form's own button saves.
   A form[data-versioned] sends its <input name="version"> along; see versions.js. So does a form its hidden
   <input data-along>. */
(() => {
  const { bind, id, outbox } = window.CoachHub;
  const TEXTS = "textarea, select, input:is([type=text], [type=search], [type=number], [type=date], [type=time], :not([type]))";
  const timers = new Map();

  function watch(field, url) {
    if (!field.name || field.matches("[data-no-autosave]")) return;
    const key = `text:${url}:${field.name}`;
    let last = field.value;

    const waiting = outbox.find(key);
    if (waiting && waiting.fields[field.name] !== field.value) {
      last = field.value = waiting.fields[field.name];
      field.dispatchEvent(new Event("input", { bubbles: true }));
    }

    const version = () => {
      const seen = field.form?.matches("[data-versioned]") && field.form.elements.version;
      return seen ? { version: seen.value } : {};
    };
    const along = () =>
      Object.fromEntries([...(field.form?.querySelectorAll("input[data-along]") ?? [])].map((each) => [each.name, each.value]));

    function save() {
      clearTimeout(timers.get(field));
      timers.delete(field);
      if (field.value === last) return;
      last = field.value;
      outbox.put({ key, url, fields: { [field.name]: last, ...along(), ...version(), form_key: id() }, replace: true });
    }

    field.addEventListener("input", () => {
      clearTimeout(timers.get(field));
      timers.set(field, setTimeout(save, 800));
    });
    field.addEventListener("change", save);
    field.addEventListener("blur", save);
    window.addEventListener("pagehide", save);
    document.addEventListener("visibilitychange", () => document.hidden && field.isConnected && save());
    /* refused: leaving the field tries once more, unless the text met another (409: somebody has to choose) */
    document.addEventListener("outbox:refused", (event) => {
      if (event.detail.key === key && event.detail.status !== 409) last = null;
    });
    /* the form's own button carries the last words itself */
    field.form?.addEventListener("submit", () => {
      clearTimeout(timers.get(field));
      timers.delete(field);
      last = field.value;
    });
  }

  bind("[data-autosave]", (element) => {
    const url = element.dataset.autosave;
    if (!element.matches("form")) return watch(element, url);
    for (const field of element.querySelectorAll(TEXTS)) watch(field, url);
  });
})();
