/* Single-key shortcuts: dead in fields, switched off by the account (WCAG 2.1.4). */

const actions = new Map();

/** Do `action` when `key` (as `KeyboardEvent.key`) is pressed outside of any field. */
export function shortcut(key, action) {
  actions.set(key, action);
}

const FIELDS = "input:not([type=checkbox], [type=radio]), textarea, select, [role=textbox]";

function writesText(element) {
  return element.isContentEditable || element.closest(FIELDS);
}

document.addEventListener("keydown", (event) => {
  if (document.documentElement.dataset.shortcuts === "off") return;
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
  if (event.target instanceof Element && writesText(event.target)) return;
  if (document.querySelector("dialog:modal")) return;
  const action = actions.get(event.key);
  if (action) {
    event.preventDefault();
    action(event);
  }
});
