/* What the learner says, noted by the coach. Needs outbox.js before it.
   <form data-told method="post" action="/url/"> <button name="answer" value="harder" aria-pressed="false">,
   the pressed one <button name="out" value="harder" aria-pressed="true">.
   A tap posts answer=<value>, a tap on the pressed one out=<value>; in the order of the taps, so that the last one
   holds. A second tap within half a second is the same tap. What the server refuses is said in place of the buttons:
   there is nothing to try again.
   Without JavaScript each button posts the form. */
(() => {
  const { bind, id, outbox, say } = window.CoachHub;
  const SAME_TAP = 500;

  function setUp(form) {
    const url = form.getAttribute("action");
    const key = `told:${url}`;
    let last = { button: null, at: -SAME_TAP };

    function press(pressed) {
      for (const button of form.querySelectorAll("button[aria-pressed]")) {
        button.setAttribute("aria-pressed", button === pressed);
        button.name = button === pressed ? "out" : "answer";
      }
    }

    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const button = event.submitter;
      const at = performance.now();
      if (!button?.value || (button === last.button && at - last.at < SAME_TAP)) return;
      last = { button, at };
      outbox.put({ key, url, fields: { [button.name]: button.value, form_key: id() } });
      press(button.name === "out" ? null : button);
    });

    document.addEventListener("outbox:refused", (event) => {
      if (event.detail.key !== key || !form.isConnected) return;
      const said = new DOMParser().parseFromString(event.detail.text, "text/html").body.textContent.trim();
      const line = Object.assign(document.createElement("p"), { className: "meta", textContent: said, tabIndex: -1 });
      const hadFocus = form.contains(document.activeElement);
      form.replaceChildren(line);
      if (hadFocus) line.focus();
      else say(said);
      setTimeout(() => {
        for (const place of document.querySelectorAll("[data-save-status][data-state=failed]")) place.textContent = "";
      });
    });
  }

  bind("form[data-told]", setUp);
})();
