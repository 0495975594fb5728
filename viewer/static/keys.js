// Keys of a difference and of the first page: j and k to the next change and back, n and p along the links rel="next" and rel="prev".
// The script does nothing else, and every page works without it.
"use strict";
(() => {
  const places = () => [...document.querySelectorAll(".para:not(.same), .sides:not(.same), .entry-edit")];
  const step = (by) => {
    const all = places(), here = all.indexOf(document.activeElement);
    const next = all[here < 0 ? (by > 0 ? 0 : all.length - 1) : here + by];
    if (!next) return;
    next.tabIndex = -1;
    next.focus();
    next.scrollIntoView({ block: "center" });
  };
  const follow = (rel) => document.querySelector(`main a[rel="${rel}"]`)?.click();
  const keys = { j: () => step(1), k: () => step(-1), n: () => follow("next"), p: () => follow("prev") };
  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest("input, select, textarea, [contenteditable]");
    if (typing || event.ctrlKey || event.metaKey || event.altKey || !keys[event.key]) return;
    event.preventDefault();
    keys[event.key]();
  });
})();
