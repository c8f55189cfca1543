/* A form that is saved by its button keeps what was typed and chosen on this device until then, so that a reload,
   a server that does not answer or "Back" bring it back. <form data-drafts>. Sending marks the draft; once the server has
   led on to another page, it is dropped. Without a connection the form is not sent at all. Our pages are not kept by
   the browser, so it cannot do this by itself. */
(() => {
  const { bind, store, toast, word } = window.CoachHub;
  const SENT = "draft-sent";
  const ticks = (control) => control.type === "checkbox" || control.type === "radio";
  const nameOf = (form) => `draft:${location.pathname}:${form.getAttribute("action") ?? ""}`;

  const controlsOf = (form) =>
    [...form.elements].filter((each) => each.name && each.matches("textarea, select, input:not([type=hidden], [type=file], [type=password])"));
  const keyOf = (control) => (ticks(control) ? `${control.name}=${control.value}` : control.name);
  const stateOf = (control) => (ticks(control) ? control.checked : control.value);

  function givenTo(control) {
    if (ticks(control)) return control.defaultChecked;
    if (!control.options) return control.defaultValue;
    return ([...control.options].find((option) => option.defaultSelected) ?? control.options[0])?.value ?? "";
  }

  function put(control, state) {
    if (ticks(control)) control.checked = state;
    else control.value = state;
    for (const kind of ["input", "change"]) control.dispatchEvent(new Event(kind, { bubbles: true }));
  }

  function keep(form) {
    const changed = controlsOf(form).filter((control) => stateOf(control) !== givenTo(control));
    const draft = changed.map((each) => [keyOf(each), { given: givenTo(each), state: stateOf(each) }]);
    if (draft.length) store.write(nameOf(form), Object.fromEntries(draft));
    else store.drop(nameOf(form));
  }

  /* only over what it was typed over: somebody may have saved something else since */
  function bringBack(form) {
    const draft = store.read(nameOf(form)) ?? {};
    const lost = controlsOf(form).filter((each) => {
      const kept = draft[keyOf(each)];
      return kept && kept.given === givenTo(each) && kept.state !== stateOf(each);
    });
    for (const control of lost) put(control, draft[keyOf(control)].state);
    if (!lost.length) return;
    const afresh = () => {
      for (const control of controlsOf(form)) if (stateOf(control) !== givenTo(control)) put(control, givenTo(control));
      store.drop(nameOf(form));
    };
    toast(word("restored"), { label: word("afresh"), act: afresh, seconds: 12 });
  }

  /* came here by sending or by a link of ours, neither by "Back" nor from the browser's own page */
  const led = performance.getEntriesByType("navigation")[0]?.type === "navigate" && document.referrer.startsWith(location.origin);
  const sent = store.read(SENT);
  if (sent && led && sent.path !== location.pathname) {
    store.drop(sent.name);
    store.drop(SENT);
  }

  function send(event) {
    if (navigator.onLine) return store.write(SENT, { name: nameOf(event.target), path: location.pathname });
    event.preventDefault();
    toast(word("errorOffline"));
  }

  bind("form[data-drafts]", (form) => {
    bringBack(form);
    for (const kind of ["input", "change"]) form.addEventListener(kind, () => keep(form));
    form.addEventListener("submit", send);
  });
  document.addEventListener("htmx:after:request", (event) => {
    const { response, request } = event.detail.ctx;
    if (response.status < 400 && request.form?.matches("[data-drafts]")) store.drop(nameOf(request.form));
  });
})();
