/* Evaluated in a page that has axe: what is wrong with it, a sentence each. */
async () => {
  const { violations } = await axe.run(document, {
    resultTypes: ["violations"],
    rules: { "target-size": { enabled: true } },
  });
  const faults = violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id}: ${target.join(" ")}: ${failureSummary.split("\n").slice(1).join("; ")}`),
  );

  const ids = [...document.querySelectorAll("[id]")].map(({ id }) => id);
  for (const id of new Set(ids.filter((id, at) => ids.indexOf(id) !== at))) faults.push(`id twice: ${id}`);

  const { scrollWidth, clientWidth } = document.documentElement;
  if (scrollWidth > clientWidth) faults.push(`scrolls sideways by ${scrollWidth - clientWidth} px`);

  /* the end of the page comes out from under a bar that stays at the bottom, and the head stays at the top */
  const [main, bar, head, here] = [document.querySelector("main"), document.querySelector(".tabs"), document.querySelector(".top"), scrollY];
  scrollTo({ top: document.documentElement.scrollHeight, behavior: "instant" });
  const end = main.getBoundingClientRect().bottom - parseFloat(getComputedStyle(main).paddingBottom);
  const covered = bar?.checkVisibility() && getComputedStyle(bar).position === "fixed" ? end - bar.getBoundingClientRect().top : 0;
  if (covered > 0.5) faults.push(`the end of the page lies ${Math.round(covered)} px under the bar`);
  const gone = head && getComputedStyle(head).position === "sticky" ? -head.getBoundingClientRect().top : 0;
  if (gone > 0.5) faults.push(`the head is scrolled away by ${Math.round(gone)} px`);
  scrollTo({ top: here, behavior: "instant" });

  const shown = (element) => element.checkVisibility({ opacityProperty: true, visibilityProperty: true });
  const inText = (element) =>
    element.matches("a") &&
    getComputedStyle(element).display === "inline" &&
    element.parentElement.textContent.trim() !== element.textContent.trim();
  const reach = (element) => {
    const boxes = [element, ...(element.labels ?? [])].map((each) => each.getBoundingClientRect());
    const over = getComputedStyle(element, "::after"); // a target may reach beyond what is drawn
    if (over.position === "absolute") boxes.push({ width: parseFloat(over.width), height: parseFloat(over.height) });
    return [Math.max(...boxes.map((box) => box.width)), Math.max(...boxes.map((box) => box.height))];
  };
  for (const element of document.querySelectorAll("a[href], button, select, textarea, summary, input:not([type=hidden])")) {
    if (!shown(element) || inText(element) || element.closest(".visually-hidden, .skip")) continue;
    const size = reach(element);
    const words = (element.innerText || element.name || "").trim().slice(0, 30);
    if (Math.min(...size) < 43.5) faults.push(`small target: ${element.localName} “${words}” ${size.map(Math.round).join("×")}`);
  }
  return faults;
}
