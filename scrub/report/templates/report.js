"use strict";
function add(parent, tag, text, attributes) {
  const element = document.createElement(tag);
  element.textContent = text;
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  parent.append(element);
  return element;
}
for (const [number, table] of document.querySelectorAll("table.paged").entries()) {
  const rows = Array.from(table.tBodies[0].rows);
  const texts = rows.map((row) => row.textContent.toLowerCase());
  const PAGE = Number(table.dataset.page || 100), name = table.dataset.name, id = "search-" + number;
  const tools = document.createElement("div");
  tools.className = "tools";
  table.closest(".scroll").before(tools);
  add(tools, "label", "Search " + name, { for: id });
  const box = add(tools, "input", "", { id: id, type: "search", autocomplete: "off", spellcheck: "false" });
  const turner = (word) => add(tools, "button", word + " " + PAGE, { type: "button", "aria-label": word + " " + PAGE + " " + name });
  const [back, on] = rows.length > PAGE ? [turner("Previous"), turner("Next")] : [null, null];
  const status = add(tools, "span", "", { role: "status" });
  let matches = [], first = 0, shown = rows;
  function show() {
    for (const row of shown) row.hidden = true;
    shown = matches.slice(first, first + PAGE).map((position) => rows[position]);
    for (const row of shown) row.hidden = false;
    const last = first + shown.length;
    status.textContent = shown.length ? `${(first + 1).toLocaleString("en")} to ${last.toLocaleString("en")} of ${matches.length.toLocaleString("en")}` : "nothing matches";
    back?.setAttribute("aria-disabled", String(first === 0));
    on?.setAttribute("aria-disabled", String(last >= matches.length));
  }
  function search() {
    const words = box.value.toLowerCase().split(/\s+/).filter(Boolean);
    matches = [];
    texts.forEach((text, position) => { if (words.every((word) => text.includes(word))) matches.push(position); });
    first = 0;
    show();
  }
  box.addEventListener("input", search);
  back?.addEventListener("click", () => { if (first > 0) { first -= PAGE; show(); } });
  on?.addEventListener("click", () => { if (first + PAGE < matches.length) { first += PAGE; show(); } });
  function follow() {
    const target = document.getElementById(location.hash.slice(1));
    if (!rows.includes(target) || !target.hidden) return;
    box.value = "";
    search();
    first = PAGE * Math.floor(rows.indexOf(target) / PAGE);
    show();
    target.scrollIntoView();
  }
  window.addEventListener("hashchange", follow);
  search();
  table.classList.add("ready");
  follow();
}
