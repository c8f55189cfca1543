/* The button of a week says how many of its proposals it accepts.
   <form data-week> with input[name=take] and <button data-week-accept data-all="Accept all {n}"
   data-some="Accept all {n} ticked" data-none="Nothing ticked">. Without JavaScript its text stays. */
(() => {
  window.CoachHub.bind("form[data-week]", (form) => {
    const button = form.querySelector("[data-week-accept]");
    const ticks = [...form.querySelectorAll("input[name=take]")];
    if (!button) return;

    function count() {
      const n = ticks.filter((tick) => tick.checked).length;
      const { all, some, none } = button.dataset;
      const text = n === 0 ? none : n === ticks.length ? all : some;
      button.textContent = text.replace("{n}", n);
      button.disabled = n === 0;
    }

    form.addEventListener("change", count);
    window.addEventListener("pageshow", count);
    count();
  });
})();
