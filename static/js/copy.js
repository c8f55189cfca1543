/* <button type="button" data-copy="#id"> copies the text (or value) of that element;
   data-copy-text="…" copies the given words. Says "Copied", or what to do when it cannot. */
(() => {
  const { word, toast } = window.CoachHub;

  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-copy], [data-copy-text]");
    if (!button) return;
    const source = button.dataset.copy && document.querySelector(button.dataset.copy);
    const text = button.dataset.copyText ?? source?.value ?? source?.textContent.trim();
    try {
      await navigator.clipboard.writeText(text);
      toast(word("copied"), { seconds: 3 });
    } catch {
      toast(word("copyFailed"));
      if (source) getSelection().selectAllChildren(source);
    }
  });
})();
