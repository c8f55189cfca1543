/* The screen stays awake while an element [data-wakelock] is on the page (the run page). Where the
   browser cannot or the battery is low nothing happens: the device sleeps as it always does. */
(() => {
  let lock = null;
  let asked = false;

  async function hold() {
    if (asked || lock || document.hidden || !document.querySelector("[data-wakelock]")) return;
    asked = true;
    try {
      lock = await navigator.wakeLock.request("screen");
      lock.addEventListener("release", () => (lock = null));
    } catch {
      lock = null;
    }
    asked = false;
  }

  function release() {
    if (lock && !document.querySelector("[data-wakelock]")) lock.release();
  }

  if (!("wakeLock" in navigator)) return;
  document.addEventListener("visibilitychange", hold);
  document.addEventListener("htmx:after:swap", () => (release(), hold()));
  hold();
})();
