/* What every page does with a script. Without one all of it still works, with more clicks. */

import "./screen.js";
import { shortcut } from "./shortcuts.js";

// "More" closes like any menu: by Escape, or when something else is chosen.
for (const menu of document.querySelectorAll("details.more")) {
  menu.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && menu.open) {
      menu.open = false;
      menu.querySelector("summary").focus();
    }
  });
  document.addEventListener("click", (event) => {
    if (menu.open && !menu.contains(event.target)) menu.open = false;
  });
}

// "?" opens the help below the page.
shortcut("?", () => {
  const help = document.querySelector(".help details");
  if (!help) return;
  help.open = true;
  help.querySelector("summary").focus();
});

// "/" goes to the search, where the page has one.
shortcut("/", () => document.querySelector("[data-search]")?.focus());
