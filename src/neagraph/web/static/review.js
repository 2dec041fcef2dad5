// Keys, links by hovering, and places of selected text for the review page, which works without.
"use strict";

(() => {
  const cards = [...document.querySelectorAll(".card")];
  let current = -1;

  const go = (index) => {
    if (index < 0 || index >= cards.length) return;
    current = index;
    cards[index].focus({ preventScroll: true });
    cards[index].scrollIntoView({ block: "center" });
    light(cards[index].dataset.id, true);
  };

  const nextOpen = () => {
    const later = [...cards.slice(current + 1), ...cards.slice(0, current + 1)];
    const found = later.find((card) => !card.classList.contains("decided"));
    if (found) go(cards.indexOf(found));
  };

  // What speaks of a statement, on both sides.
  const light = (ids, scroll) => {
    const wanted = new Set(ids.split(" "));
    for (const element of document.querySelectorAll(".lit")) element.classList.remove("lit");
    if (!ids) return;
    let first = true;
    for (const element of document.querySelectorAll("[data-of], [data-id]")) {
      const own = (element.dataset.id ?? element.dataset.of).split(" ");
      if (!own.some((id) => wanted.has(id))) continue;
      element.classList.add("lit");
      if (scroll && first && element.matches(".text span")) {
        element.scrollIntoView({ block: "nearest" });
        first = false;
      }
    }
  };

  document.addEventListener("mouseover", (event) => {
    const element = event.target.closest("[data-of], [data-id]");
    if (element) light(element.dataset.id ?? element.dataset.of, false);
  });
  document.querySelector(".original")?.addEventListener("click", (event) => {
    const first = event.target.closest(".text span")?.dataset.of.split(" ").pop();
    const selected = String(document.getSelection()) !== "";
    if (first && !selected) go(cards.findIndex((card) => card.dataset.id === first));
  });
  document.addEventListener("focusin", (event) => {
    const card = event.target.closest(".card");
    if (card) current = cards.indexOf(card);
  });

  // Places count code points of the file; a string counts UTF-16 units.
  const placeOf = (node, offset) => {
    const span = (node.nodeType === Node.TEXT_NODE ? node.parentElement : node).closest?.("[data-start]");
    if (!span || node.nodeType !== Node.TEXT_NODE) return null;
    return Number(span.dataset.start) + [...node.data.slice(0, offset)].length;
  };
  const missing = document.getElementById("missing");
  const fill = () => {
    const range = document.getSelection()?.rangeCount ? document.getSelection().getRangeAt(0) : null;
    if (!missing || !range || range.collapsed) return false;
    const start = placeOf(range.startContainer, range.startOffset);
    const end = placeOf(range.endContainer, range.endOffset);
    if (start === null || end === null || end <= start) return false;
    missing.elements.start.value = start;
    missing.elements.end.value = end;
    return true;
  };
  document.addEventListener("selectionchange", fill);

  const press = (key) => {
    const card = cards[current];
    card?.querySelector(`.decide button[data-key="${key}"]`)?.click();
  };
  const keys = {
    j: () => go(current + 1),
    k: () => go(current - 1),
    n: nextOpen,
    a: () => press("a"),
    r: () => press("r"),
    u: () => press("u"),
    e: () => {
      const change = cards[current]?.querySelector("details");
      if (!change) return;
      change.open = true;
      change.querySelector("input:not([type=hidden])").focus();
    },
    m: () => {
      fill();
      missing?.scrollIntoView({ block: "center" });
      missing?.elements.verb.focus({ preventScroll: true });
    },
  };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.closest("input, select, textarea")) {
      if (event.key === "Escape") event.target.blur();
      return;
    }
    const act = keys[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  });

  const named = cards.findIndex((card) => `#${card.dataset.id}` === decodeURIComponent(location.hash));
  if (named >= 0) go(named);
})();
