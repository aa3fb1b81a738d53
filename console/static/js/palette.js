/* The palette: go to a page, do what this page can do, open a report by its number. Ctrl or Cmd K.

   A combobox with a list box (ARIA APG): the focus stays in the field, the arrows move the choice.
   What a page can do are its own links and buttons that carry data-command; choosing one presses it. */

const palette = document.getElementById("palette");
const field = document.getElementById("palette-field");
const list = document.getElementById("palette-list");
const says = document.getElementById("palette-says");
const fixed = [...list.children];
let shown = [];
let chosen = -1;

/** The text as it is compared: small letters, without accents. */
function plain(text) {
  return text.normalize("NFD").replace(/\p{Mn}/gu, "").toLocaleLowerCase().trim();
}

function option(text, kind, act) {
  const item = document.createElement("li");
  item.setAttribute("role", "option");
  const name = document.createElement("span");
  name.textContent = text;
  item.append(name);
  if (kind) item.append(Object.assign(document.createElement("small"), { textContent: kind }));
  item.act = act;
  return item;
}

/** Everything the page itself can do, by its own words. */
function commands() {
  return [...document.querySelectorAll("main [data-command]")]
    .filter((element) => !element.disabled && element.offsetParent !== null)
    .map((element) => option(element.dataset.command || element.textContent.trim(), "", () => element.click()));
}

function reportOption(text) {
  const number = text.replace(/[\s-]/g, "");
  if (!palette.dataset.find || !/^\d{3,12}$/.test(number)) return [];
  const go = () => location.assign(`${palette.dataset.find}?number=${encodeURIComponent(number)}`);
  return [option(palette.dataset.report.replace("{}", number), "", go)];
}

function choose(index) {
  chosen = shown.length ? (index + shown.length) % shown.length : -1;
  shown.forEach((item, at) => item.setAttribute("aria-selected", String(at === chosen)));
  if (chosen < 0) field.removeAttribute("aria-activedescendant");
  else {
    field.setAttribute("aria-activedescendant", shown[chosen].id);
    shown[chosen].scrollIntoView({ block: "nearest" });
  }
}

function tell() {
  const { one, many } = says.dataset;
  if (!shown.length) says.textContent = palette.dataset.nothing;
  else says.textContent = shown.length === 1 ? one : many.replace("{}", shown.length);
}

function show() {
  const wanted = plain(field.value);
  const fits = (item) => plain(item.firstElementChild.textContent).includes(wanted);
  shown = [...reportOption(field.value), ...[...commands(), ...fixed].filter(fits)];
  shown.forEach((item, at) => { item.id = `palette-${at}`; });
  list.replaceChildren(...shown);
  choose(0);
  tell();
}

function run(item) {
  palette.close();
  if (item.act) item.act();
  else if (item.dataset.href) location.assign(item.dataset.href);
  else {
    const form = document.getElementById("palette-choice");
    form.elements.key.value = item.dataset.choose;
    form.elements.value.value = item.dataset.value;
    form.requestSubmit();
  }
}

function open() {
  if (palette.open || document.querySelector("dialog[open]")) return;
  field.value = "";
  show();
  palette.showModal();
  field.focus();
}

const KEYS = {
  ArrowDown: () => choose(chosen + 1),
  ArrowUp: () => choose(chosen - 1),
  Enter: () => { if (chosen >= 0) run(shown[chosen]); },
};

field.addEventListener("input", show);
field.addEventListener("keydown", (event) => {
  if (event.isComposing || !KEYS[event.key]) return;
  event.preventDefault();
  KEYS[event.key]();
});
list.addEventListener("click", (event) => {
  const item = event.target.closest("[role=option]");
  if (item) run(item);
});
palette.addEventListener("click", (event) => { if (event.target === palette) palette.close(); });

document.addEventListener("keydown", (event) => {
  const wanted = (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey;
  if (!wanted || event.key.toLowerCase() !== "k") return;
  event.preventDefault();
  if (palette.open) palette.close();
  else open();
});
for (const button of document.querySelectorAll("[data-palette]")) {
  button.hidden = false;
  button.addEventListener("click", open);
}
