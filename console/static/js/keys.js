/* Keys that stand beside what they do: `data-key` on a button or link presses it, else puts the focus there. */

import { shortcut } from "./shortcuts.js";

for (const wanted of document.querySelectorAll("[data-key]")) {
  const act = wanted.matches("button, a") ? () => wanted.click() : () => wanted.focus();
  shortcut(wanted.dataset.key, act);
}
