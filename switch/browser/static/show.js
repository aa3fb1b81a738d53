/* What the page of phones looks like: panels are made once and then changed, so that nothing loses
   the focus. */

const KEYS = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "*", "0", "#"];
const HOLDS = {
  asked: "Your browser will ask for the microphone.",
  open: "Your microphone is open. What you say is turned into words on this machine.",
  refused: "The microphone is not allowed. Allow it beside the address, or say one of the sentences.",
  none: "No microphone was found. Say one of the sentences instead.",
};
const TITLE = document.title;

const at = (id) => document.getElementById(id);
const panels = new Map();
const seconds = new Set();
let mouth = "asked";
let actions = null;

function make(tag, properties = {}, ...children) {
  const { data = {}, ...rest } = properties;
  const made = Object.assign(document.createElement(tag), rest);
  Object.assign(made.dataset, data);
  made.append(...children);
  return made;
}

/** Write a text where it changed: what is read aloud is not said twice. */
function write(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

// --- one phone ----------------------------------------------------------------------------------

class Panel {
  constructor(id, act) {
    this.id = id;
    this.name = make("h2");
    this.clock = make("span", { className: "small num" });
    this.does = make("p", { className: "does" });
    this.captions = make("div", { className: "captions" });
    this.captions.setAttribute("aria-live", "polite");
    const button = (text, className, doing) => make("button", { type: "button", className: `button ${className}`, textContent: text, onclick: doing });
    this.call = button("Call the hotline", "call", () => act.call(id));
    this.answer = button("Answer", "answer", () => act.answer(id));
    this.decline = button("Decline", "", () => act.hangUp(id));
    this.hold = button("Talk on this phone", "answer", () => act.hold(id));
    this.mute = button("Mute", "", () => act.mute(id, this.mute.getAttribute("aria-pressed") !== "true"));
    this.hang = button("Hang up", "hang", () => act.hangUp(id));
    this.keys = make("div", { className: "keys" }, ...KEYS.map((digit) => make("button", { type: "button", textContent: digit, onclick: () => act.press(id, digit) })));
    this.levels = { said: meter("You"), heard: meter("Line") };
    this.sentence = make("select");
    this.say = button("Say it", "", () => act.say(id, Number(this.sentence.value)));
    this.words = make("div", { className: "words" }, make("label", {}, "Without speaking yourself: ", this.sentence), this.say);
    this.holds = make("p", { className: "small holds" });
    this.alone = make("a", { className: "small alone", target: "_blank", rel: "noopener", textContent: "Open in a tab of its own" });
    this.body = make("section", { className: "phone", data: { id } },
      make("div", { className: "phone-top" }, this.name, this.clock),
      make("div", { className: "screen" }, this.does, this.captions),
      make("div", { className: "buttons" }, this.call, this.answer, this.decline, this.hold),
      this.keys,
      make("div", { className: "meters" }, this.levels.said.body, this.levels.heard.body),
      this.words,
      make("div", { className: "buttons" }, this.mute, this.hang),
      this.holds,
      this.alone);
    this.name.id = `name-${id}`;
    this.body.setAttribute("aria-labelledby", this.name.id);
    this.spoken = "";
  }

  show(phone, state) {
    const held = state.held === phone.id;
    const talking = phone.state === "talking";
    const caller = phone.role === "caller";
    this.phone = phone;
    this.body.dataset.state = phone.state;
    this.body.dataset.role = phone.role;
    this.body.toggleAttribute("data-held", held && phone.state !== "idle");
    this.body.toggleAttribute("data-connected", phone.connected);
    write(this.name, caller && state.whole ? "Your phone" : phone.name);
    write(this.does, doing(phone, held));
    this.hear(phone.captions, talking);
    this.call.hidden = !(caller && phone.state === "idle");
    this.answer.hidden = this.decline.hidden = phone.state !== "ringing";
    this.hold.hidden = !(talking && !held);
    this.keys.hidden = !talking;
    this.levels.said.body.parentElement.hidden = !(talking && held);
    this.mute.hidden = !talking;
    this.mute.setAttribute("aria-pressed", String(phone.muted));
    write(this.mute, phone.muted ? "Unmute" : "Mute");
    this.hang.hidden = !(talking || phone.state === "calling");
    this.words.hidden = !(talking && state.utterances.length);
    this.offer(state.utterances);
    this.say.disabled = phone.saying;
    write(this.say, phone.saying ? "Saying it …" : "Say it");
    this.holds.hidden = !(held && talking) && !(caller && phone.state === "idle");
    write(this.holds, phone.muted ? "Your microphone is muted." : HOLDS[mouth]);
    this.alone.hidden = !phone.key;
    if (phone.key) this.alone.href = `#${phone.key}`;
    this.tick();
  }

  hear(captions, talking) {
    this.captions.hidden = !talking || !captions.length;
    const spoken = captions.join("\n");
    if (spoken === this.spoken) return;
    this.spoken = spoken;
    this.captions.replaceChildren(...captions.map((text) => make("p", { textContent: text, dir: "auto" })));
  }

  offer(utterances) {
    const texts = JSON.stringify(utterances);
    if (texts === this.offered) return;
    this.offered = texts;
    this.sentence.replaceChildren(...utterances.map(({ text, language }, number) => make("option", { value: number, textContent: text, lang: language, dir: "auto" })));
  }

  tick() {
    if (!this.phone || this.phone.state === "idle") return write(this.clock, "");
    const passed = Math.max(0, Math.floor((Date.now() - Date.parse(this.phone.since)) / 1000));
    return write(this.clock, `${Math.floor(passed / 60)}:${String(passed % 60).padStart(2, "0")}`);
  }
}

function doing(phone, held) {
  const caller = phone.role === "caller";
  if (phone.state === "idle") return caller ? "Nobody is on the line." : "Quiet.";
  if (phone.state === "calling") return "Calling …";
  if (phone.state === "ringing") return "It rings: the hotline calls.";
  if (phone.connected) return caller ? "Talking with a person" : "Talking with the caller";
  if (!held) return "In a call, without your ears.";
  return phone.captions.length ? "You hear" : "Connected with the hotline";
}

function meter(name) {
  const bar = make("i");
  return { body: make("p", { className: "meter" }, make("span", { textContent: name }), make("b", {}, bar)), bar };
}

// --- the whole page -----------------------------------------------------------------------------

/** Start: what needs no state. */
export function begin() {
  at("device").addEventListener("change", ({ target }) => actions?.listen(target.value));
  at("echo").addEventListener("click", ({ target }) => {
    const on = target.getAttribute("aria-pressed") !== "true";
    target.setAttribute("aria-pressed", String(on));
    actions?.echo(on);
  });
  setInterval(() => seconds.forEach((panel) => panel.tick()), 500);
}

/** Show what the switch says is so. */
export function state(now, act) {
  actions = act;
  at("cut").hidden = true;
  at("error").hidden = true;
  const callers = now.phones.filter((phone) => phone.role === "caller");
  const crew = now.phones.filter((phone) => phone.role === "responder");
  place(at("callers"), callers, now, act);
  place(at("crew"), crew, now, act);
  at("crew").hidden = !crew.length;
  at("callers").hidden = !callers.length;
  at("exchange").dataset.whole = now.whole;
  at("told").hidden = !now.whole || !now.story.length;
  at("steps").hidden = !now.whole;
  at("home").hidden = !now.home;
  at("home").href = now.home;
  at("microphone").hidden = !now.phones.length;
  story(now.story);
  steps(now);
  headline(now, callers, crew);
}

function place(column, phones, now, act) {
  const wanted = new Set(phones.map((phone) => phone.id));
  for (const body of column.querySelectorAll(".phone")) {
    if (!wanted.has(body.dataset.id)) {
      seconds.delete(panels.get(body.dataset.id));
      panels.delete(body.dataset.id);
      body.remove();
    }
  }
  for (const phone of phones) {
    if (!panels.has(phone.id)) {
      const panel = new Panel(phone.id, act);
      panels.set(phone.id, panel);
      seconds.add(panel);
      column.append(panel.body);
    }
    panels.get(phone.id).show(phone, now);
  }
}

function story(beats) {
  const list = at("story");
  const key = (beat) => `${beat.at} ${beat.text}`;
  const kept = new Map([...list.children].map((item) => [item.dataset.key, item]));
  const taken = beats.findLastIndex((beat) => beat.stop === "taken");
  const last = Math.max(taken, beats.findLastIndex((beat) => beat.stop === "ringing"));
  list.replaceChildren(...beats.map((beat, number) => {
    const item = kept.get(key(beat)) ?? make("li", { data: { key: key(beat) } }, make("time", { dateTime: beat.at, textContent: new Date(beat.at).toLocaleTimeString() }), make("span", { textContent: beat.text }));
    // A bell that is over is no bell any more.
    item.dataset.s = beat.stop === "ringing" && number !== last ? "note" : beat.stop;
    return item;
  }));
  list.classList.toggle("is-taken", taken >= 0);
  list.classList.toggle("is-open", taken < 0);
}

/** How far the caller has come: 0 nowhere, 1 called, 2 said something, 3 phones ring, 4 a person. */
function reached({ story: beats, phones }) {
  if (beats.some((beat) => beat.stop === "taken")) return 4;
  if (phones.some((phone) => phone.role === "responder" && phone.state !== "idle")) return 3;
  if (beats.some((beat) => beat.text.includes("tone"))) return 2;
  return beats.length ? 1 : 0;
}

const STOPS = ["caller", "caller", "ringing", "taken"];

function steps(now) {
  const far = reached(now);
  at("steps").classList.toggle("is-taken", far === 4);
  at("steps").classList.toggle("is-open", far > 0 && far < 4);
  [...at("steps").children].forEach((item, number) => {
    const passed = number < far;
    item.dataset.s = passed ? (far === 4 && number < 3 ? "note" : STOPS[number]) : "next";
    if (number === far - 1) item.setAttribute("aria-current", "step");
    else item.removeAttribute("aria-current");
  });
}

function headline(now, callers, crew) {
  const ringing = now.phones.find((phone) => phone.state === "ringing");
  const joined = crew.find((phone) => phone.connected);
  document.title = ringing ? `● ${ringing.name}’s phone rings` : TITLE;
  if (!now.phones.length) {
    write(at("headline"), "There are no phones here yet.");
    return write(at("subline"), "Put somebody on the roster, and their phones appear on this page.");
  }
  if (!now.whole) {
    write(at("headline"), ringing ? `${ringing.name}’s phone is ringing.` : `${now.phones[0].name}’s phone`);
    return write(at("subline"), "It rings and speaks as long as this page is open.");
  }
  if (now.speed !== 1) {
    write(at("headline"), "A trial call is running, faster than life.");
    return write(at("subline"), "Stand-ins answer the phones meanwhile; try again when it is over.");
  }
  if (joined) {
    write(at("headline"), `${joined.name} is with the caller.`);
    return write(at("subline"), "You hear the phone in your hand. Take the other one to hear the other end.");
  }
  if (ringing) {
    write(at("headline"), `${ringing.name}’s phone is ringing.`);
    return write(at("subline"), "Answer it as if you were them, or decline, and see who is rung next.");
  }
  write(at("headline"), callers.length ? "You are the caller. Watch who answers." : "Pick up when it rings.");
  return write(at("subline"), "Call, and pick up the other phones as if you were the people on call. They all live on this machine: nothing leaves it, and nobody real is rung.");
}

/** Show how loud it is, both ways. */
export function levels(said, heard) {
  for (const panel of panels.values()) {
    if (!panel.body.hasAttribute("data-held")) continue;
    panel.levels.said.bar.style.setProperty("--level", said.toFixed(3));
    panel.levels.heard.bar.style.setProperty("--level", heard.toFixed(3));
  }
}

/** Show which microphone listens. */
export function microphone(state_, devices, chosen) {
  mouth = state_;
  write(at("microphone-state"), HOLDS[state_]);
  at("device").replaceChildren(...devices.map(({ id, name }) => make("option", { value: id, textContent: name || "Microphone", selected: id === chosen })));
  at("device").disabled = !devices.length;
  for (const panel of panels.values()) write(panel.holds, panel.phone?.muted ? "Your microphone is muted." : HOLDS[mouth]);
}

/** Say what went wrong; `over`: for good. */
export function error(text, over) {
  write(at("error"), text);
  at("error").hidden = false;
  if (over) {
    write(at("headline"), "These phones cannot be opened.");
    at("exchange").hidden = true;
    at("steps").hidden = true;
    at("microphone").hidden = true;
  }
}

/** Say that the switch does not answer. */
export function cut() {
  at("cut").hidden = false;
}
