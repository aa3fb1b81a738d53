/* Parts of a page that are read anew: `data-fresh` says where, `data-on` at which hints,
   `data-every` after how many seconds in any case (shifts change without any event). */

import { morph } from "./morph.js";
import { shownTitle } from "./title.js";

const LEAVING_MS = 10000; // a form that was sent leads to another page before that, or to none

// Whoever is signing out is on the way to the door already: a reload would take that page from them.
let left = -LEAVING_MS;
addEventListener("submit", (event) => {
  if (!event.defaultPrevented) left = performance.now();
});

function leaving() {
  return performance.now() - left < LEAVING_MS;
}

/** Keep every such part of this page as new as the hints are. `heard(ok)`: whether it was read. */
export function keepFresh(heard) {
  for (const part of document.querySelectorAll("[data-fresh]")) keep(part, heard);
}

function keep(part, heard) {
  let reading = false;
  let again = false;
  async function read() {
    again = reading;
    if (reading) return;
    reading = true;
    do {
      again = false;
      heard(await renew(part));
    } while (again);
    reading = false;
  }
  for (const topic of part.dataset.on.split(" ")) {
    document.addEventListener(`hotline:${topic}`, read);
  }
  setInterval(read, 1000 * Number(part.dataset.every));
}

/** Read one part anew. Whether the server answered. */
async function renew(part) {
  if (leaving()) return true;
  let text;
  try {
    const answer = await fetch(part.dataset.fresh, { redirect: "manual", cache: "no-store" });
    if (answer.status === 401) {
      if (!leaving()) location.reload(); // the session has ended: the guard shows the door
      return true;
    }
    if (!answer.ok) return false;
    text = await answer.text();
  } catch {
    return false;
  }
  const fresh = new DOMParser().parseFromString(text, "text/html").getElementById(part.id);
  if (!fresh) return false;
  morph(part, fresh);
  shownTitle();
  document.dispatchEvent(new CustomEvent("hotline:fresh", { detail: part }));
  return true;
}
