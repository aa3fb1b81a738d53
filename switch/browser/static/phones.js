/* The page of phones: its socket, and what the visitor does. What it looks like is in show.js. */

import * as show from "./show.js";
import * as sound from "./sound.js";

const AGAIN_MS = 1000; // between two tries to reach the switch
const KEPT = "hotline-phones"; // which phones this tab has in hand, over a reload
const KEYS = "0123456789*#";

let socket = null;
let state = null;
let over = false;

function send(what, phone, more = {}) {
  if (socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify({ do: what, phone, ...more }));
}

const act = {
  async call(phone) {
    await ready();
    send("call", phone);
  },
  async answer(phone) {
    await ready();
    send("answer", phone);
  },
  async hold(phone) {
    await ready();
    send("hold", phone);
  },
  hangUp: (phone) => send("hang_up", phone),
  press: (phone, digit) => send("press", phone, { digit }),
  mute: (phone, on) => send("mute", phone, { on }),
  say: (phone, number) => send("say", phone, { number }),
  echo(on) {
    if (on) return ready().then(() => sound.echo(true));
    return sound.echo(false);
  },
  async listen(id) {
    await sound.listen(id);
    await shownMicrophone();
  },
};

async function ready() {
  await sound.open();
  await shownMicrophone();
}

async function shownMicrophone() {
  show.microphone(sound.microphone.state, await sound.microphones(), sound.chosen());
}

function connect() {
  const url = new URL("phones/socket", location.href);
  url.protocol = location.protocol === "https:" ? "wss:" : "ws:";
  url.hash = "";
  socket = new WebSocket(url);
  socket.binaryType = "arraybuffer";
  socket.addEventListener("open", () => {
    socket.send(JSON.stringify({ key: location.hash.slice(1) }));
  });
  socket.addEventListener("message", ({ data }) => (typeof data === "string" ? told(JSON.parse(data)) : sound.play(data)));
  socket.addEventListener("close", () => {
    if (over) return;
    if (state) show.cut();
    state = null;
    sound.ring(false);
    setTimeout(connect, AGAIN_MS);
  });
}

function told(message) {
  if (message.error) {
    over ||= Boolean(message.over);
    show.error(message.error, over);
  }
  if (!message.state) return;
  const first = state === null;
  const before = state?.held;
  state = message.state;
  if (first) takeAgain();
  if (before !== state.held) sound.hush();
  sessionStorage.setItem(KEPT, JSON.stringify({ mine: state.mine, held: state.held }));
  sound.ring(state.phones.some((phone) => phone.state === "ringing"));
  show.state(state, act);
}

/** After a reload, or when the switch was out of reach: the calls of this tab go on. */
function takeAgain() {
  const kept = JSON.parse(sessionStorage.getItem(KEPT) ?? "null");
  if (!kept) return;
  const going = new Set(state.phones.filter((phone) => phone.state !== "idle").map((phone) => phone.id));
  for (const id of [...kept.mine.filter((each) => each !== kept.held), kept.held]) {
    if (going.has(id)) send("hold", id);
  }
  // Sound needs a press in a page that is new; the microphone comes back with the first one.
  if (going.has(kept.held)) addEventListener("pointerdown", ready, { once: true });
}

sound.tell({
  frame(frame) {
    const held = state?.phones.find((phone) => phone.id === state.held);
    if (held?.state === "talking" && socket?.readyState === WebSocket.OPEN) socket.send(frame);
  },
  levels: ({ said, heard }) => show.levels(said, heard),
});

addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("select, input, textarea")) return;
  if (KEYS.includes(event.key) && state?.held) act.press(state.held, event.key);
});

addEventListener("hashchange", () => location.reload()); // another key is another room

show.begin();
connect();
