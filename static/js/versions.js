/* Nothing is overwritten unseen. Needs outbox.js and autosave.js before it.
   <form data-autosave="/url/" data-versioned> <input type="hidden" name="version" value="3">
     <div data-answer></div> …fields…
   A save is answered with <input type="hidden" name="version" value="4">: the next one carries that,
   and so do saves that still wait. A refused save puts its answer into [data-answer]; a stale one
   (409) is templates/sessions/micro/_conflict.html: the other text in a <template data-theirs
   data-version="5">, and two buttons data-take="theirs" and data-take="mine". */
(() => {
  const { id, outbox } = window.CoachHub;

  const formOf = (url) => document.querySelector(`form[data-autosave="${CSS.escape(url)}"]`);
  const parse = (text) => new DOMParser().parseFromString(text, "text/html");
  const keyOf = (form, name) => `text:${form.dataset.autosave}:${name}`;
  const named = (form) => [...form.elements].filter((field) => field.name && field.type !== "hidden");

  function setVersion(form, version) {
    form.elements.version.value = version;
    for (const { name } of named(form)) {
      const waiting = outbox.find(keyOf(form, name));
      if (!waiting || waiting.fields.version === version) continue;
      outbox.put({ ...waiting, fields: { ...waiting.fields, version }, replace: true });
    }
  }

  document.addEventListener("outbox:sent", (event) => {
    const form = formOf(event.detail.url);
    const fresh = form?.elements.version && parse(event.detail.text).querySelector('[name="version"]');
    if (fresh) setVersion(form, fresh.value);
    form?.querySelector("[data-answer]")?.replaceChildren();
  });

  document.addEventListener("outbox:refused", (event) => {
    const place = formOf(event.detail.url)?.querySelector("[data-answer]");
    if (place) place.replaceChildren(...parse(event.detail.text).body.childNodes);
  });

  function take(form, theirs, whose) {
    const fields = [...theirs.content.querySelectorAll("[name]")];
    if (whose === "theirs") for (const { name } of fields) outbox.drop(keyOf(form, name));
    setVersion(form, theirs.dataset.version);
    for (const { name, value } of fields) {
      const field = form.elements[name];
      if (!field || field.value === value) continue;
      if (whose === "theirs") field.value = value;
      else {
        const values = { [name]: field.value, version: theirs.dataset.version, form_key: id() };
        outbox.put({ key: keyOf(form, name), url: form.dataset.autosave, fields: values, replace: true });
      }
    }
    form.querySelector("[data-answer]").replaceChildren();
    form.querySelector("textarea, input:not([type=hidden])").focus();
  }

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-take]");
    const form = button?.closest("form");
    const theirs = form?.querySelector("[data-answer] template[data-theirs]");
    if (theirs) take(form, theirs, button.dataset.take);
  });
})();
