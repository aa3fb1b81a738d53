/* Hints from the server: something has changed. Every page listens; one tab of a browser holds the
   stream and passes the hints on, because a browser opens only six connections to a server. Hints
   become the events hotline:calls, hotline:reports, hotline:alarms and hotline:oncall of document. */

import { keepFresh } from "./fresh.js";
import { covered, hide, sayAlarm } from "./screen.js";
import { alarmed } from "./title.js";

const TOPICS = ["calls", "reports", "alarms", "oncall"];
const POLL_MS = 5000; // without a stream the page is read anew as often
const BEAT_LIMIT_MS = 40000; // the server beats every 15 s
const PATIENCE_MS = 10000; // so long a cut is nobody's business
const TOUCH_MS = 60000; // how often the server is told that somebody is here

const url = document.querySelector("script[data-events]").dataset.events;
const there = document.getElementById("cover").dataset.there;
const others = "BroadcastChannel" in window ? new BroadcastChannel("hotline-live") : null;

// --- being live, and saying so when it is not ---------------------------------------------------

const line = document.getElementById("cut");
let cutAt = null;

function live() {
  cutAt = null;
  line.hidden = true;
  line.textContent = "";
}

function cut() {
  if (cutAt !== null) return;
  cutAt = new Date();
  setTimeout(sayCut, PATIENCE_MS);
}

function sayCut() {
  if (cutAt === null || Date.now() - cutAt < PATIENCE_MS - 100) return;
  line.textContent = line.dataset.says.replace("{}", cutAt.toISOString().slice(11, 16));
  line.hidden = false;
}

// --- hints --------------------------------------------------------------------------------------

function hear(told) {
  if (told === "cut") return cut();
  if (told !== "poll") live(); // a poll says nothing of the server; what it reads will
  const topics = told === "poll" ? TOPICS : TOPICS.filter((topic) => topic === told);
  for (const topic of topics) document.dispatchEvent(new CustomEvent(`hotline:${topic}`));
}

function tellAll(told) {
  hear(told);
  others?.postMessage(told);
}

others?.addEventListener("message", (event) => hear(event.data));

function listen() {
  let source = null;
  let heardAt = Date.now();
  const open = () => {
    source?.close();
    source = new EventSource(url);
    heardAt = Date.now();
    source.addEventListener("open", () => heard("beat"));
    source.addEventListener("error", () => tellAll("cut"));
    for (const name of [...TOPICS, "beat"]) source.addEventListener(name, () => heard(name));
  };
  const heard = (told) => {
    heardAt = Date.now();
    tellAll(told);
  };
  open();
  setInterval(() => {
    const silent = Date.now() - heardAt > BEAT_LIMIT_MS;
    if (silent) tellAll("cut");
    if (source.readyState !== EventSource.OPEN) tellAll("poll");
    // The browser itself tries again after a cut, but not after a refusal (503) or in silence.
    if (silent || source.readyState === EventSource.CLOSED) open();
  }, POLL_MS);
  // A page that is kept for "back" must not hold a stream.
  addEventListener("pagehide", () => source.close());
  addEventListener("pageshow", (event) => event.persisted && open());
}

// The tab that has the lock listens for all; when it is closed, another one gets the lock.
const LOCK = "hotline-live";
const lead = () => {
  listen();
  return new Promise(() => {});
};
if (others && navigator.locks) {
  navigator.locks.request(LOCK, { ifAvailable: true }, (lock) => {
    if (lock) return lead();
    hear("poll"); // what changed while this page was loading was told before it could hear
    navigator.locks.request(LOCK, lead);
    return null;
  });
} else {
  listen();
}

keepFresh((ok) => (ok ? live() : cut()));

// --- somebody is here ---------------------------------------------------------------------------

let touchedAt = Date.now();

function touch() {
  if (covered() || Date.now() - touchedAt < TOUCH_MS) return;
  touchedAt = Date.now();
  fetch(there, { method: "POST", redirect: "manual" }).catch(() => {});
}

for (const sign of ["pointermove", "pointerdown", "keydown", "wheel"]) {
  addEventListener(sign, touch, { passive: true });
}

// --- after each reading -------------------------------------------------------------------------

function look() {
  sayAlarm(alarmed());
  // Nobody has used the session for too long: what can be read here is hidden. (The board is not:
  // the server leaves out what it is about.)
  if (document.querySelector("#alarms[data-idle]") && !covered()) hide();
}

document.addEventListener("hotline:fresh", look);
look();
