/* "Hide screen": one press, and nothing can be read. It comes back by its own button only, and
   only while the session lasts; never by a key that is pressed by accident. */

import { shownTitle } from "./title.js";

const KEY = "hotline-covered";
const cover = document.getElementById("cover");
const away = document.getElementById("cover-away");
const alarm = document.getElementById("cover-alarm");

/** Whether nothing can be read now. */
export function covered() {
  return "covered" in document.documentElement.dataset;
}

/** Hide everything. */
export function hide() {
  document.documentElement.dataset.covered = "";
  keep(true);
  away.textContent = "";
  if (!cover.open) cover.showModal();
  shownTitle();
}

/** Say on the cover that an alarm is open, or that none is. */
export function sayAlarm(open) {
  const says = open ? alarm.dataset.says : "";
  if (alarm.textContent !== says) alarm.textContent = says;
}

function keep(isCovered) {
  try {
    if (isCovered) sessionStorage.setItem(KEY, "1");
    else sessionStorage.removeItem(KEY);
  } catch {
    // No storage: the state is lost with the page.
  }
}

async function show() {
  let answer;
  try {
    answer = await fetch(cover.dataset.there, { method: "POST", redirect: "manual" });
  } catch {
    away.textContent = away.dataset.says;
    return;
  }
  keep(false);
  if (answer.status !== 204) {
    location.reload(); // the session is over: the guard shows the way to the door
    return;
  }
  delete document.documentElement.dataset.covered;
  cover.close();
  shownTitle();
}

// Escape may close a dialog in spite of us; then it opens again at once.
cover.addEventListener("cancel", (event) => event.preventDefault());
cover.addEventListener("close", () => {
  if (covered()) cover.showModal();
});
cover.querySelector("[data-show]").addEventListener("click", show);
for (const button of document.querySelectorAll("[data-hide]")) {
  button.hidden = false;
  button.addEventListener("click", hide);
}
if (covered()) hide();
