/* What every page's scripts share, as window.CoachHub:
   - bind(selector, start): runs start(element) once for each matching element, now and after every
     htmx swap.
   - word(name, values): a translated sentence from the #words template (templates/_parts/words.html).
   - say(text): read aloud through the live region. toast(text, {label, act}): shown and read aloud.
   - member: the signed-in member's id; everything kept on this device is keyed to it.
   - store: localStorage of that member, as JSON; entries older than 24 h are dropped.
   - post(url, fields): a form post with the CSRF header, answered as for htmx.
   It also closes menus, opens dialogs (data-dialog="#id", data-close), removes expired undo bars
   (data-expires="10"; with data-keeps-place it is only hidden, so that nothing below moves), sends forms on change (data-submit-on-change), prints (data-print), clears this
   device at sign-out (form[data-signs-out]), sends a form once however often it is tapped (data-once) and says plainly what went wrong when a request fails. */
(() => {
  const DAY = 24 * 3600 * 1000;
  const PREFIX = "coachhub:";
  const bindings = [];

  function bind(selector, start) {
    const seen = new WeakSet();
    const run = () => {
      for (const element of document.querySelectorAll(selector)) {
        if (seen.has(element)) continue;
        seen.add(element);
        start(element);
      }
    };
    bindings.push(run);
    if (document.readyState !== "loading") run();
  }

  const runAll = () => bindings.forEach((run) => run());

  function word(name, values = {}) {
    const text = document.getElementById("words")?.dataset[name] ?? "";
    return text.replace(/\{(\w+)\}/g, (whole, key) => values[key] ?? whole);
  }

  function say(text) {
    const live = document.getElementById("live");
    if (!live || !text) return;
    live.textContent = "";
    setTimeout(() => (live.textContent = text), 50);
  }

  function toast(text, { label, act, seconds = 6 } = {}) {
    const place = document.getElementById("toasts");
    if (!place || !text) return;
    const box = document.createElement("div");
    box.className = "toast";
    box.append(Object.assign(document.createElement("span"), { textContent: text }));
    if (act) {
      const button = Object.assign(document.createElement("button"), {
        type: "button",
        className: "btn btn-sm",
        textContent: label,
      });
      button.addEventListener("click", () => (box.remove(), act()));
      box.append(button);
    }
    place.replaceChildren(box);
    /* a message with a button waits while somebody is on it */
    const leave = () => (box.matches(":hover, :focus-within") ? setTimeout(leave, 2000) : box.remove());
    setTimeout(leave, seconds * 1000);
  }

  const member = () => document.body.dataset.member ?? "";

  const store = {
    key: (name) => `${PREFIX}${member()}:${name}`,
    read(name) {
      try {
        const kept = JSON.parse(localStorage.getItem(this.key(name)));
        return kept && Date.now() - kept.at < DAY ? kept.value : undefined;
      } catch {
        return undefined;
      }
    },
    /* false when the device is full or forbids it */
    write(name, value) {
      try {
        localStorage.setItem(this.key(name), JSON.stringify({ at: Date.now(), value }));
        return true;
      } catch {
        return false;
      }
    },
    drop(name) {
      try {
        localStorage.removeItem(this.key(name));
      } catch {
        /* no storage: nothing was kept */
      }
    },
  };

  /* Shared desks: what another member left, what is a day old, and everything at sign-out goes. */
  function tidy({ everything = false } = {}) {
    try {
      const mine = `${PREFIX}${member()}:`;
      for (const key of Object.keys(localStorage)) {
        if (!key.startsWith(PREFIX)) continue;
        const at = JSON.parse(localStorage.getItem(key))?.at ?? 0;
        const othersOrOld = !key.startsWith(mine) || Date.now() - at >= DAY;
        if (everything || (member() && othersOrOld) || Date.now() - at >= DAY)
          localStorage.removeItem(key);
      }
    } catch {
      /* no storage: nothing was kept */
    }
  }

  function csrf() {
    const headers = document.body.getAttribute("hx-headers:inherited");
    return headers ? JSON.parse(headers)["X-CSRFToken"] : "";
  }

  function post(url, fields) {
    return fetch(url, {
      method: "POST",
      body: new URLSearchParams(fields),
      headers: { "X-CSRFToken": csrf(), "HX-Request": "true", Accept: "text/html" },
      credentials: "same-origin",
      redirect: "manual",
      keepalive: true,
    });
  }

  function id() {
    if (crypto.randomUUID) return crypto.randomUUID();
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    bytes[6] = (bytes[6] & 0x0f) | 0x40;
    bytes[8] = (bytes[8] & 0x3f) | 0x80;
    const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
    return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
  }

  function time(at = new Date()) {
    return new Intl.DateTimeFormat(document.documentElement.lang, {
      hour: "2-digit",
      minute: "2-digit",
      timeZone: document.documentElement.dataset.timezone || undefined,
    }).format(at);
  }

  window.CoachHub = { bind, word, say, toast, store, tidy, post, id, time, member };

  /* ---- small behaviours that every page has ---- */

  function closeMenus(except) {
    for (const menu of document.querySelectorAll("[data-menu][open]"))
      if (menu !== except) menu.open = false;
  }

  document.addEventListener("click", (event) => {
    closeMenus(event.target.closest("[data-menu]"));
    const opener = event.target.closest("[data-dialog]");
    if (opener) {
      event.preventDefault();
      document.querySelector(opener.dataset.dialog)?.showModal();
    }
    if (event.target.closest("[data-close]")) event.target.closest("dialog")?.close();
    if (event.target.matches("dialog")) event.target.close();
    if (event.target.closest("[data-print]")) window.print();
  });

  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const open = document.querySelector("[data-menu][open]");
    if (!open) return;
    open.open = false;
    open.querySelector("summary").focus();
  });

  document.addEventListener("change", (event) => {
    const form = event.target.closest("form[data-submit-on-change]");
    if (form) form.requestSubmit();
  });

  /* the page that comes ends it; so does a minute without one, or coming back to this page */
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.matches("form[data-once]")) return;
    if (form.dataset.sent) return event.preventDefault();
    form.dataset.sent = "yes";
    setTimeout(() => delete form.dataset.sent, 60000);
  });
  window.addEventListener("pageshow", () => {
    for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
  });

  bind("[data-expires]", (element) =>
    setTimeout(() => {
      if (!element.isConnected || element.matches(":focus-within")) return;
      if ("keepsPlace" in element.dataset) element.dataset.over = "";
      else element.remove();
    }, Number(element.dataset.expires) * 1000),
  );

  bind("form[data-signs-out]", (form) => form.addEventListener("submit", () => tidy({ everything: true })));

  /* ---- when a request fails ---- */

  const ANSWERS = { 401: "errorStale", 403: "errorStale", 404: "errorGone", 410: "errorGone", 413: "errorLarge", 429: "errorOften" };

  /* a part that asks again by itself rests while nobody looks, and says nothing when the connection is gone */
  const byItself = (event) => event.detail.ctx?.sourceEvent?.type === "every";
  document.addEventListener("htmx:before:request", (event) => {
    if (document.hidden && byItself(event)) event.preventDefault();
  });

  document.addEventListener("htmx:before:swap", (event) => {
    const { response, hx } = event.detail.ctx;
    const meant = response.status < 400 || [400, 409, 422].includes(response.status) || hx.retarget;
    if (meant) return;
    event.preventDefault();
    toast(word(ANSWERS[response.status] ?? "errorServer"), { seconds: 10 });
  });
  document.addEventListener("htmx:error", (event) => {
    if (event.detail.ctx && !event.detail.ctx.response && !byItself(event)) toast(word("errorOffline"), { seconds: 10 });
  });

  /* messages that came with a part are read aloud and brought into view */
  let told = null;
  document.addEventListener("htmx:after:swap", () => {
    runAll();
    const messages = document.getElementById("messages");
    if (!messages?.firstElementChild || messages === told) return;
    told = messages;
    say(messages.textContent.trim());
    messages.scrollIntoView({ block: "nearest" });
  });
  document.addEventListener("DOMContentLoaded", () => {
    tidy();
    runAll();
  });
})();
