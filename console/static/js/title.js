/* The title: open alarms before the page's own name, and no name while the screen is hidden. */

let mark = markOf() ?? "";
const own = document.title.startsWith(mark) ? document.title.slice(mark.length) : document.title;

/** What the server says to put before the title: "(1 alarm) ", or nothing. */
function markOf() {
  return document.querySelector("[data-title]")?.dataset.title;
}

/** Whether an alarm is open, as far as this page was told. */
export function alarmed() {
  return mark !== "";
}

/** Write the title as it should be now. */
export function shownTitle() {
  mark = markOf() ?? mark;
  const hidden = "covered" in document.documentElement.dataset;
  const title = mark + (hidden ? "Hotline" : own);
  if (document.title !== title) document.title = title;
}
