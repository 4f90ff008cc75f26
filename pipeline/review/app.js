// Convenience only: every page works without it.
"use strict";
(() => {
  for (const field of document.querySelectorAll("select[data-submit]")) {
    field.addEventListener("change", () => field.form.requestSubmit());
  }
  const rows = () => [...document.querySelectorAll("[data-keys] tbody tr")];
  let here = -1;
  const go = (step) => {
    const all = rows();
    if (all.length === 0) return;
    all[here]?.classList.remove("here");
    here = Math.min(Math.max(here + step, 0), all.length - 1);
    all[here].classList.add("here");
    all[here].querySelector("a")?.focus();
  };
  document.addEventListener("keydown", (event) => {
    const typing = event.target instanceof Element && event.target.closest("input, textarea, select");
    if (event.key === "Escape" && typing) { event.target.blur(); return; }
    if (typing || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "/") {
      event.preventDefault();
      document.getElementById("find")?.focus();
    } else if (event.key === "j") {
      go(1);
    } else if (event.key === "k") {
      go(-1);
    } else {
      const form = document.querySelector(`fieldset[data-key="${CSS.escape(event.key)}"]`);
      const field = form?.querySelector("textarea, input:not([type=hidden]), select");
      if (field) { event.preventDefault(); field.focus(); }
    }
  });
  // A form is sent once: a second click would say the same twice.
  for (const form of document.querySelectorAll("form[method=post]")) {
    form.addEventListener("submit", (event) => {
      // A file is kept beside the page, which stays.
      if (event.submitter?.value === "file") return;
      for (const button of form.querySelectorAll("button")) setTimeout(() => { button.disabled = true; }, 0);
    });
  }
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) for (const button of document.querySelectorAll("button")) button.disabled = false;
  });
})();
