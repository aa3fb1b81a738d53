/* The desk beside a report: keys, and a reply by voice. Without a script the same forms do it all. */

import { prepareRecorder } from "./recorder.js";
import "./keys.js"; // n writes a note, e marks it reviewed, a gives it to me

document.documentElement.classList.add("has-script"); // what is typed is kept by itself

// Ctrl+Enter saves what is being written.
for (const form of document.querySelectorAll("form[data-saves]")) {
  form.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    form.requestSubmit(form.querySelector("button:not([formaction])"));
  });
}

// A link to a part that is folded away opens it.
function unfold() {
  const part = location.hash && document.getElementById(location.hash.slice(1));
  if (part instanceof HTMLDetailsElement) part.open = true;
}
addEventListener("hashchange", unfold);
unfold();

for (const form of document.querySelectorAll("form[data-recorder]")) prepareRecorder(form);
