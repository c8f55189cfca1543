/* What is saved while somebody works, kept on this device until the server has it.
   CoachHub.outbox.put({key, url, fields, replace}) queues a form post and sends it at once.
     replace: an unsent entry of the same key gives way (last value wins: text, ratings);
              without it every entry is sent (taps). Entries leave in the order they came.
   CoachHub.outbox.find(key) → the unsent entry; .drop(key) → true when it was still here.
   Events on document, detail {key, url, fields}: outbox:sent (also text), outbox:waiting (no
   connection, or 429/5xx: tried again by itself), outbox:refused (also status, text: entry gone).
   Server: answers an htmx request (HX-Request: true) with any 2xx, best 204 or a small part; makes
   a repeated form_key harmless; a refusal is 4xx. A redirect or HX-Redirect counts as signed out:
   the entry stays. Entries are keyed to the member, live 24 h at most and go at sign-out.
   An element [data-save-status] shows "Saving…", "Saved 10:37", "Not sent yet". */
(() => {
  const { store, post, word, say, time, bind } = window.CoachHub;
  const DAY = 24 * 3600 * 1000;
  const WAITS = [2, 5, 10, 15].map((seconds) => seconds * 1000);
  let inMemory = [];
  let storable = true;
  let sending = null;
  let fails = 0;
  let timer = 0;
  let spoken = 0;

  const read = () =>
    (storable ? (store.read("outbox") ?? []) : inMemory).filter((entry) => Date.now() - entry.at < DAY);

  function write(entries) {
    inMemory = entries;
    if (!storable) return;
    if (!entries.length) return store.drop("outbox");
    storable = store.write("outbox", entries);
    if (!storable) window.CoachHub.toast(word("full"), { seconds: 12 });
  }

  const tell = (name, entry, more = {}) =>
    document.dispatchEvent(new CustomEvent(`outbox:${name}`, { detail: { ...entry, ...more } }));

  function show(state, text, { aloud = true } = {}) {
    for (const place of document.querySelectorAll("[data-save-status]")) {
      place.dataset.state = state;
      place.textContent = text;
    }
    /* a save is read aloud now and then, trouble always */
    const quiet = state === "saved" && Date.now() - spoken < 20000;
    if (!aloud || state === "saving" || quiet) return;
    spoken = Date.now();
    say(state === "waiting" ? word("waiting") : text);
  }

  function put({ key, url, fields, replace = false, aloud = true }) {
    const entry = { key, url, fields, aloud, at: Date.now(), id: window.CoachHub.id() };
    const others = read().filter((old) => !replace || old.key !== key || old.id === sending);
    write([...others, entry]);
    show("saving", word("saving"));
    flush();
    return entry;
  }

  const find = (key) => read().findLast((entry) => entry.key === key);

  function drop(key) {
    const entries = read();
    const rest = entries.filter((entry) => entry.key !== key || entry.id === sending);
    write(rest);
    return rest.length < entries.length;
  }

  function later() {
    clearTimeout(timer);
    timer = setTimeout(flush, WAITS[Math.max(0, Math.min(fails, WAITS.length) - 1)]);
  }

  /* what an answer means for the entry: sent, refused, or kept for another try */
  async function judge(response) {
    if (response.type === "opaqueredirect" || response.headers.has("HX-Redirect")) return "signed-out";
    if (response.ok) return "sent";
    return response.status === 429 || response.status >= 500 ? "again" : "refused";
  }

  async function sendOne(entry) {
    sending = entry.id;
    let verdict = "again";
    let response;
    let text = "";
    try {
      response = await post(entry.url, entry.fields);
      verdict = await judge(response);
      text = await response.text();
    } catch {
      /* no connection: the entry stays */
    }
    sending = null;
    if (verdict === "sent" || verdict === "refused") {
      write(read().filter((kept) => kept.id !== entry.id));
      fails = 0;
      tell(verdict, entry, { text, status: response.status });
      return verdict;
    }
    fails += 1;
    tell("waiting", entry, { signedOut: verdict === "signed-out" });
    return verdict;
  }

  async function drain() {
    for (let entry = read()[0]; entry; entry = read()[0]) {
      const verdict = await sendOne(entry);
      if (verdict === "refused") show("failed", word("failed"));
      else if (verdict === "signed-out") return show("failed", word("errorStale"));
      else if (verdict === "again") {
        show("waiting", word("waitingShort"));
        return later();
      } else if (!read().length) show("saved", word("saved", { time: time() }), { aloud: entry.aloud });
    }
  }

  let draining = false;
  /* one tab sends at a time, so that nothing is sent twice and the order holds */
  async function flush() {
    if (draining || !read().length) return;
    draining = true;
    clearTimeout(timer);
    timer = 0;
    try {
      if (navigator.locks) await navigator.locks.request("coachhub-outbox", drain);
      else await drain();
    } finally {
      draining = false;
    }
    if (read().length && !timer) later();
  }

  window.CoachHub.outbox = { put, find, drop, flush };

  bind("[data-save-status]", (place) => {
    if (read().length) show("waiting", word("waitingShort"), { aloud: false });
  });
  window.addEventListener("online", () => ((fails = 0), flush()));
  document.addEventListener("visibilitychange", () => !document.hidden && flush());
  flush();
})();
