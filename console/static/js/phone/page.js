/* "Ring me in this browser": joins the switch, rings, and is a telephone. Whatever goes wrong here,
   the telephone rings. The switch sets the beat: browsers slow down the clocks of hidden pages. */

import * as sound from "./sound.js";

const AGAIN_MS = 1000; // between two tries to reach the switch
const KEYS = "0123456789*#";

const box = document.querySelector("#my-phone");
const title = document.title;
const button = (name) => box.querySelector(`[data-do="${name}"]`);
const checks = { joined: false, microphone: false, sound: false };

let way = null; // {phone, ticket, socket} while it is turned on
let socket = null;
let phone = null; // what the switch says of it
let beating = false;

// --- what is shown --------------------------------------------------------------------------

function show() {
  checks.joined = Boolean(phone);
  checks.sound = sound.audible();
  const state = doing();
  box.dataset.state = state;
  for (const part of box.querySelectorAll("[data-says]")) part.hidden = !part.dataset.says.split(" ").includes(state);
  for (const part of box.querySelectorAll("[data-check]")) part.dataset.s = checks[part.dataset.check] ? "yes" : "no";
  button("on").hidden = Boolean(way);
  button("off").hidden = !way;
  button("mute").setAttribute("aria-pressed", String(Boolean(phone?.muted)));
  const captions = document.querySelector("#phone-captions");
  const texts = phone?.captions ?? [];
  captions.hidden = !texts.length;
  if (captions.textContent !== texts.join("")) captions.replaceChildren(...texts.map((text) => Object.assign(document.createElement("p"), { textContent: text })));
  document.title = state === "ringing" ? `● ${words("title")}` : title;
  sound.ring(state === "ringing");
}

function doing() {
  if (!way) return "off";
  if (!phone) return "joining";
  if (phone.state === "ringing") return "ringing";
  if (phone.state === "talking") return phone.connected ? "bridged" : "talking";
  return ready() ? "ready" : "unready";
}

function ready() {
  return phone?.state === "idle" && checks.microphone && sound.audible() && button("echo").getAttribute("aria-pressed") === "false";
}

const words = (name) => box.querySelector(`[data-words="${name}"]`).textContent;

function wrong(sentence) {
  const place = document.querySelector("#phone-wrong");
  place.textContent = sentence;
  place.hidden = !sentence;
}

// --- on and off -----------------------------------------------------------------------------

async function post(address, body) {
  return fetch(address, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });
}

async function turnOn() {
  wrong("");
  await allowed();
  if (!checks.microphone) return show();
  const answer = await post(box.dataset.on, {});
  const said = answer.headers.get("Content-Type")?.includes("json") ? await answer.json() : {};
  if (!answer.ok || !said.ticket) return over(said.wrong ?? words(answer.redirected ? "signed-out" : "failed"));
  way = said;
  join();
  return show();
}

/** Ask for microphone and sound while somebody presses a button, and let the microphone go. */
async function allowed() {
  await sound.open();
  checks.microphone = sound.microphone.state === "open";
  document.querySelector("#no-microphone").hidden = checks.microphone;
  sound.rest();
}

function over(sentence) {
  way = null;
  phone = null;
  const open = socket;
  socket = null;
  open?.close();
  sound.rest();
  wrong(sentence);
  show();
}

async function turnOff() {
  over("");
  await post(box.dataset.off, {});
}

// --- the line -------------------------------------------------------------------------------

function join() {
  const line = new WebSocket(way.socket);
  socket = line;
  line.binaryType = "arraybuffer";
  line.addEventListener("open", () => line.send(JSON.stringify({ ticket: way?.ticket })));
  line.addEventListener("message", ({ data }) => {
    if (line !== socket) return;
    if (typeof data === "string") told(JSON.parse(data));
    else sound.play(data);
  });
  line.addEventListener("close", () => {
    if (line !== socket) return;
    phone = null;
    show();
    setTimeout(again, AGAIN_MS);
  });
}

/** Back to the switch, with a new ticket: the last one may be too old by now. */
async function again() {
  if (!way) return;
  await beat();
  if (way) join();
}

function told(message) {
  if (message.over) return over(words(message.over === "replaced" ? "replaced" : "expired"));
  if (message.phone) {
    const before = phone?.state;
    phone = message.phone;
    if (before === "talking" && phone.state !== "talking") {
      sound.rest();
      sound.hush();
    }
    show();
    if (before !== phone.state) beat();
  }
  if (message.beat) beat();
  return undefined;
}

/** Tell the hotline whether this page can be rung, and hand its answer on to the switch. */
async function beat() {
  if (!way || beating) return;
  beating = true;
  try {
    const answer = await post(box.dataset.beat, { phone: way.phone, ready: ready() });
    if (!way || (!answer.ok && phone?.state === "talking")) return; // no talk is cut off by this
    if (answer.status === 401) return over(words("signed-out"));
    if (answer.status === 409) return over((await answer.json()).wrong);
    if (!answer.ok) return;
    way.ticket = (await answer.json()).ticket;
    if (socket?.readyState === WebSocket.OPEN) send({ ticket: way.ticket });
  } catch {
    // The hotline does not answer: it hears no beat, and rings the telephone.
  } finally {
    beating = false;
  }
}

function send(what) {
  if (socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify(what));
}

// --- what somebody does ---------------------------------------------------------------------

const act = {
  on: () => turnOn().catch(() => over(words("failed"))),
  off: turnOff,
  async answer() {
    echo(false);
    await sound.open();
    send({ do: "answer" });
  },
  pass: () => send({ do: "hang_up" }),
  hang_up: () => send({ do: "hang_up" }),
  mute: () => send({ do: "mute", on: button("mute").getAttribute("aria-pressed") !== "true" }),
  echo: () => echo(button("echo").getAttribute("aria-pressed") !== "true"),
};

async function echo(on) {
  if (on === (button("echo").getAttribute("aria-pressed") === "true")) return;
  button("echo").setAttribute("aria-pressed", String(on));
  if (on) {
    await sound.open();
    checks.microphone = sound.microphone.state === "open";
    document.querySelector("#no-microphone").hidden = checks.microphone;
  }
  sound.echo(on);
  if (!on && phone?.state !== "talking") sound.rest();
  show();
}

box.addEventListener("click", ({ target }) => {
  const pressed = target.closest("button");
  if (pressed?.dataset.key) send({ do: "press", digit: pressed.dataset.key });
  else if (pressed?.dataset.do) act[pressed.dataset.do]();
});

addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
  if (KEYS.includes(event.key) && phone?.state === "talking") send({ do: "press", digit: event.key });
});

sound.tell({
  frame(frame) {
    if (phone?.state === "talking" && socket?.readyState === WebSocket.OPEN) socket.send(frame);
  },
  levels: () => {},
});

addEventListener("beforeunload", (event) => {
  if (phone?.state === "talking") event.preventDefault(); // somebody may be on the other end
});

show();
