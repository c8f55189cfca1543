/* Times near now, kept fresh: <time datetime="ISO" data-when="near">.
   near: within an hour "in 6 min" / "12 min ago", else the server's text stays as it is.
   days: "yesterday", "16 days ago". Text the server wrote stays in the title. */
(() => {
  const MINUTE = 60 * 1000;
  const DAY = 24 * 60 * MINUTE;
  const format = new Intl.RelativeTimeFormat(document.documentElement.lang, { numeric: "auto", style: "short" });

  function text(element) {
    const gap = new Date(element.dateTime) - Date.now();
    if (element.dataset.when === "days") return format.format(Math.round(gap / DAY), "day");
    const minutes = Math.round(gap / MINUTE);
    return Math.abs(minutes) < 60 ? format.format(minutes, "minute") : null;
  }

  function refresh(element) {
    element.dataset.full ??= element.textContent.trim();
    const near = text(element);
    element.textContent = near ?? element.dataset.full;
    if (near) element.title = element.dataset.full;
  }

  window.CoachHub.bind("time[data-when]", refresh);
  setInterval(() => document.querySelectorAll("time[data-when]").forEach(refresh), MINUTE / 2);
})();
