/* The player of a message. Without a script the browser's own <audio controls> stays. */

import { correcting } from "./correct.js";
import { wordsOf } from "./transcript.js";
import { drawWave, loadPeaks, showPeaks } from "./wave.js";

const STEP_S = 5;
const MARK_PX = 26;
const playing = new Set();

/** Seconds as "1:08". */
export function position(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}

function start(box) {
  const audio = box.querySelector("audio");
  audio.controls = false;
  audio.hidden = true;
  for (const part of box.querySelectorAll("[data-wave], [data-controls], [data-keys]"))
    part.hidden = false;
  const length = Number(box.dataset.length) || 1; // as the carrier told it
  const wave = drawWave(box.querySelector("[data-wave]"), audio, length, box.dataset.nonce);
  const player = new Player(box, wave, audio);
  wave.once("ready", async () => {
    const found = await loadPeaks(box.dataset.peaks);
    if (found.duration_s) showPeaks(wave, found);
    const whole = wave.getDuration();
    box.querySelector("[data-length]").textContent = position(whole);
    // The carrier's length was longer than the sound, or shorter. What plays finds its place itself.
    if (player.isPlaying) player.show();
    else player.seek(player.now);
    placeMarks(box, player, whole);
  });
  return player;
}

class Player {
  constructor(box, wave, audio) {
    this.box = box;
    this.wave = wave;
    this.audio = audio;
    this.listeners = [];
    this.button = box.querySelector(".play");
    this.slider = box.querySelector("[data-wave]");
    this.speeds = box.querySelector("[data-speed]");
    this.bind();
    this.useSpeed();
    this.show();
  }

  get now() {
    return this.wave.getCurrentTime();
  }

  get isPlaying() {
    return this.wave.isPlaying();
  }

  /** Call `listener(seconds, playing)` whenever the place changes. */
  onMove(listener) {
    this.listeners.push(listener);
  }

  toggle() {
    if (this.isPlaying) this.wave.pause();
    else this.play();
  }

  async play() {
    for (const other of playing) if (other !== this) other.wave.pause();
    try {
      await this.wave.play();
    } catch (error) {
      if (error.name !== "AbortError") this.trouble(true);
    }
  }

  playFrom(seconds) {
    this.seek(seconds);
    if (!this.isPlaying) this.play();
  }

  seek(seconds) {
    this.wave.setTime(Math.min(Math.max(0, seconds), this.wave.getDuration()));
    this.show();
  }

  step(seconds) {
    this.seek(this.now + seconds);
  }

  /** The next slower (-1) or faster (1) speed. */
  changeSpeed(by) {
    const index = this.speeds.selectedIndex + by;
    if (index < 0 || index >= this.speeds.options.length) return;
    this.speeds.selectedIndex = index;
    this.keepSpeed();
  }

  useSpeed() {
    const speed = Number(this.speeds.value);
    this.audio.defaultPlaybackRate = speed; // loading goes back to it
    this.wave.setPlaybackRate(speed, true);
  }

  keepSpeed() {
    const speed = this.speeds.value;
    for (const other of document.querySelectorAll("[data-speed]")) {
      other.value = speed;
      other.dispatchEvent(new CustomEvent("speed"));
    }
    fetch(this.box.dataset.speedUrl, { method: "POST", body: new URLSearchParams({ speed }) });
  }

  /** What a key does here; true if it did something. */
  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return false;
    const does = {
      " ": () => this.toggle(),
      ArrowLeft: () => this.step(-STEP_S),
      ArrowRight: () => this.step(STEP_S),
      "[": () => this.changeSpeed(-1),
      "]": () => this.changeSpeed(1),
    }[event.key];
    if (!does) return false;
    event.preventDefault();
    does();
    return true;
  }

  bind() {
    this.button.addEventListener("click", () => this.toggle());
    for (const step of this.box.querySelectorAll("[data-step]"))
      step.addEventListener("click", () => this.step(Number(step.dataset.step)));
    this.speeds.addEventListener("change", () => this.keepSpeed());
    this.speeds.addEventListener("speed", () => this.useSpeed());
    this.box.addEventListener("keydown", (event) => this.onKey(event));
    for (const event of ["timeupdate", "play", "pause", "finish", "seeking"])
      this.wave.on(event, () => this.show());
    this.audio.addEventListener("error", () => this.trouble(true));
    this.audio.addEventListener("playing", () => this.trouble(false));
    this.wave.on("ready", () => this.show());
  }

  onKey(event) {
    const field = event.target.closest("select, input, textarea");
    const native = event.key === " " && event.target.closest("button, a");
    if (!field && !native) this.key(event);
  }

  trouble(is) {
    this.box.querySelector("[data-trouble]").hidden = !is;
  }

  show() {
    const { now, isPlaying: on } = this;
    if (on) playing.add(this);
    else playing.delete(this);
    const length = this.wave.getDuration() || 0;
    this.box.querySelector("[data-now]").textContent = position(now);
    this.button.classList.toggle("is-playing", on);
    this.button.setAttribute("aria-label", this.button.dataset[on ? "pause" : "play"]);
    this.slider.setAttribute("aria-valuemax", length.toFixed(0));
    this.slider.setAttribute("aria-valuenow", Math.min(now, length).toFixed(0));
    this.slider.setAttribute("aria-valuetext", position(now));
    for (const listener of this.listeners) listener(now, on);
  }
}

// Reasons under the wave, at their time; where two are close, the later one moves a row down.
function placeMarks(box, player, length) {
  const list = box.querySelector("[data-marks]");
  if (!list || !length) return;
  const marks = [...list.children].sort((a, b) => a.dataset.at - b.dataset.at);
  for (const mark of marks) {
    mark.style.setProperty("--at", String(Math.min(1, mark.dataset.at / length)));
    mark.firstElementChild.addEventListener("click", () => player.playFrom(Number(mark.dataset.at)));
  }
  list.hidden = false;
  const arrange = () => {
    const ends = [];
    for (const mark of marks) {
      const at = ((list.clientWidth - MARK_PX) * mark.dataset.at) / length;
      const row = ends.findIndex((end) => end <= at);
      const used = row < 0 ? ends.length : row;
      ends[used] = at + MARK_PX;
      mark.style.setProperty("--row", String(used));
    }
    list.style.setProperty("--rows", String(ends.length));
  };
  new ResizeObserver(arrange).observe(list);
}

for (const section of document.querySelectorAll("[data-message]")) {
  const box = section.querySelector("[data-player]");
  const transcript = section.querySelector(".transcript");
  const player = box ? start(box) : null;
  if (transcript) correcting(transcript, wordsOf(section, transcript, player));
}
