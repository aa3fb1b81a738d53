/* The list with a script: keys, all on this page, acts without leaving the page, what is new. */

import { shortcut } from "./shortcuts.js";

const form = document.querySelector("#listed");
const told = document.querySelector("#told");
let current = null; // the row that keys act upon, also while something else has the focus

const rows = () => [...document.querySelectorAll("#rows > .row")];
const linkOf = (row) => row.querySelector("h2 a");
const tickOf = (row) => row.querySelector("input[name=chosen]");
const here = () => document.activeElement?.closest("#rows > .row") ?? (current?.isConnected ? current : null);

function goTo(row) {
  current = row;
  linkOf(row).focus();
}

function move(step) {
  const all = rows();
  if (!all.length) return;
  const at = all.indexOf(here());
  goTo(all[at < 0 ? 0 : Math.min(Math.max(at + step, 0), all.length - 1)]);
}

document.addEventListener("focusin", (event) => {
  const row = event.target.closest?.("#rows > .row");
  if (row) current = row;
});

// --- choosing

const every = document.querySelector("#every");
const count = document.querySelector("#chosen");
const ticks = () => rows().map(tickOf).filter(Boolean);

function countChosen() {
  if (!count) return;
  const chosen = ticks().filter((tick) => tick.checked).length;
  const text = chosen === 1 ? count.dataset.one : count.dataset.many.replace("{count}", chosen);
  count.textContent = chosen ? text : "";
  every.checked = chosen > 0 && chosen === ticks().length;
  every.indeterminate = chosen > 0 && !every.checked;
}

if (every) {
  every.closest("label").hidden = false;
  every.addEventListener("change", () => {
    for (const tick of ticks()) tick.checked = every.checked;
    countChosen();
  });
  form.addEventListener("change", countChosen);
  countChosen(); // a browser keeps what was ticked over a reload
}

// --- acts: the same forms, answered with the rows that changed

function showAnswer(html) {
  const page = document.createElement("template");
  page.innerHTML = html;
  told.replaceChildren(...(page.content.querySelector("#told")?.childNodes ?? []));
  for (const row of page.content.querySelectorAll(".row")) {
    const old = document.getElementById(row.id);
    if (old && old === current) current = row;
    old?.replaceWith(row);
  }
  countChosen();
}

const urlOf = (button) => button.getAttribute("formaction") ?? form.action;

async function send(url, values) {
  const answer = await fetch(url, { method: "POST", body: values, headers: { "HX-Request": "true" } });
  if (answer.redirected || ![200, 409, 422].includes(answer.status)) {
    location.reload(); // signed out, or not theirs any more: the page says so
    return;
  }
  showAnswer(await answer.text());
}

/** Do to the current row alone what the button does to those chosen; then on to the next. */
async function act(button, values) {
  const row = here();
  if (!row || !button) return;
  const sent = new URLSearchParams({ ...values, chosen: tickOf(row).value });
  const all = rows();
  const next = all[all.indexOf(row) + 1]?.id ?? row.id;
  await send(urlOf(button), sent);
  const target = document.getElementById(next);
  if (target) goTo(target);
}

form?.addEventListener("submit", async (event) => {
  const button = event.submitter;
  if (!button) return;
  event.preventDefault();
  const values = new URLSearchParams(new FormData(form));
  const first = ticks().find((tick) => tick.checked)?.closest(".row").id;
  await send(urlOf(button), values);
  const target = first && document.getElementById(first);
  if (target) goTo(target);
});

const assign = form?.querySelector("button[formaction]");
const review = form?.querySelector(".bulk-acts button:not([formaction])");

// --- keys

const dialog = document.querySelector("#keys");
const hint = document.querySelector("#hint");
if (hint) hint.hidden = false;
document.querySelector("#show-keys")?.addEventListener("click", () => dialog.showModal());

shortcut("j", () => move(1));
shortcut("k", () => move(-1));
shortcut("e", () => act(review, {}));
shortcut("a", () => act(assign, { to: "me" }));
shortcut("?", () => dialog?.showModal());
shortcut("x", () => {
  const tick = here() && tickOf(here());
  if (tick) tick.click();
});
shortcut("n", () => {
  const row = here();
  if (row) location.assign(`${linkOf(row).href}#note`);
});

// --- what is new: it comes on top, and the focus stays where it was pressed

// The same answer again changes nothing: a link that is just being pressed stays where it is.
const answers = new WeakMap();
document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  if (detail.target.id !== "fresh") return;
  const text = detail.xhr.responseText;
  if (answers.get(detail.target) === text) detail.shouldSwap = false;
  answers.set(detail.target, text);
});

document.addEventListener("htmx:oobAfterSwap", (event) => {
  if (event.target.id !== "fresh" && event.detail?.target?.id !== "fresh") return;
  countChosen();
  document.querySelector("#fresh")?.focus();
});

// What was done before is said once, not again at every reload.
const address = new URL(location.href);
if (address.searchParams.has("did")) {
  address.searchParams.delete("did");
  history.replaceState(null, "", address);
}
