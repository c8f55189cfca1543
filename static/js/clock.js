/* Timers of the run page, from the server's timestamps; they never move on or sound by themselves.
   <p class="clock" role="timer" data-clock="ISO start" data-seconds="360">4:12</p>
       time since the start; .over once past data-seconds
   <span data-clock-left="ISO end">9 min left</span>
       whole minutes until the end, in words
   <progress data-clock-bar="ISO start" max="360" value="252"></progress>
   <html> or any of them may carry data-now="ISO" (the server's time when the page was made), so that
   a wrong clock on the device does no harm. Without JavaScript the server's values stand. */
(() => {
  const { bind, word } = window.CoachHub;
  const loaded = performance.now();
  const stamp = document.querySelector("[data-now]")?.dataset.now;
  const base = stamp ? new Date(stamp).getTime() : Date.now();
  /* performance.now() stops while some devices sleep: when the two clocks drift apart, the wall
     clock of the device has the truth about how long that was */
  const wallAtLoad = Date.now();
  const now = () => base + Math.max(performance.now() - loaded, Date.now() - wallAtLoad);
  const clocks = new Map();

  function digits(seconds) {
    const whole = Math.max(0, Math.floor(seconds));
    const two = (number) => String(number).padStart(2, "0");
    const hours = Math.floor(whole / 3600);
    const minutes = Math.floor(whole / 60) % 60;
    return hours ? `${hours}:${two(minutes)}:${two(whole % 60)}` : `${minutes}:${two(whole % 60)}`;
  }

  function since(element) {
    const seconds = (now() - new Date(element.dataset.clock)) / 1000;
    const text = digits(seconds);
    if (element.textContent !== text) element.textContent = text;
    element.classList.toggle("over", seconds > Number(element.dataset.seconds || Infinity));
  }

  function left(element) {
    const minutes = (new Date(element.dataset.clockLeft) - now()) / 60000;
    const text =
      minutes >= 0
        ? word("minutesLeft", { count: Math.ceil(minutes) })
        : word("minutesOver", { count: Math.ceil(-minutes) });
    if (element.textContent !== text) element.textContent = text;
  }

  function bar(element) {
    element.value = Math.min(element.max, (now() - new Date(element.dataset.clockBar)) / 1000);
  }

  function tick() {
    for (const [element, draw] of clocks)
      if (element.isConnected) draw(element);
      else clocks.delete(element);
  }

  const start = (draw) => (element) => {
    clocks.set(element, draw);
    draw(element);
  };
  bind("[data-clock]", start(since));
  bind("[data-clock-left]", start(left));
  bind("progress[data-clock-bar]", start(bar));
  setInterval(tick, 1000);
  document.addEventListener("visibilitychange", () => !document.hidden && tick());
})();
