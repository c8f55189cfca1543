/* A form sent twice is one form: <input type="hidden" name="form_key" value="server's key">.
   The server's key is replaced by one made here, so that a page kept by the browser (back, restored
   tab) and a form sent again after an accepted answer do not repeat an old key. A refused answer
   (4xx, 5xx, no connection) keeps the key: sending again is the same form. */
(() => {
  const { bind, id } = window.CoachHub;
  const inputs = 'input[type="hidden"][name="form_key"]';
  const renew = (root) => {
    for (const input of root.querySelectorAll(inputs)) input.value = id();
  };

  bind(inputs, (input) => (input.value = id()));
  window.addEventListener("pageshow", (event) => event.persisted && renew(document));
  document.addEventListener("htmx:after:request", (event) => {
    const { response, request } = event.detail.ctx;
    if (response.status < 400 && request.form?.isConnected) renew(request.form);
  });
})();
