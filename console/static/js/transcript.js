/* The words of a message: the one that plays is marked, a click or Enter plays from a word. Only
   one of them is in the order of the Tab key; arrows go from word to word. */

const LINE = "[data-line]";
const LINGER_S = 0.6; // a word stays marked for so long after its end, not over a silence

/** Where the words are, and what may be done with them. player: null where there is no sound. */
export function wordsOf(section, transcript, player) {
  return new Words(section, transcript, player);
}

class Words {
  constructor(section, transcript, player) {
    this.player = player;
    this.transcript = transcript;
    this.all = [...transcript.querySelectorAll("[data-w]")];
    this.timed = this.all
      .filter((word) => word.dataset.t)
      .map((word) => ({ word, span: word.dataset.t.split(" ").map(Number) }));
    this.jump = section.querySelector("[data-jump]");
    this.onChoice = null;
    this.follows = true;
    this.current = null;
    this.here = null;
    if (!this.all.length) return;
    for (const word of this.all) word.tabIndex = -1;
    this.rove(this.all[0]);
    transcript.addEventListener("click", (event) => this.onClick(event));
    transcript.addEventListener("keydown", (event) => this.onKey(event));
    transcript.addEventListener("mousedown", (event) => {
      if (event.shiftKey && event.target.closest("[data-w]")) event.preventDefault(); // no selection
    });
    transcript.addEventListener("focusin", (event) => {
      if (event.target.matches("[data-w]")) this.rove(event.target);
    });
    if (player) this.follow(section);
  }

  // --- the word that plays ------------------------------------------------------------------

  follow(section) {
    this.transcript.classList.add("is-ready");
    section.querySelector("[data-legend-now]")?.removeAttribute("hidden");
    this.player.onMove((now, playing) => this.mark(now, playing));
    for (const event of ["wheel", "touchmove"])
      addEventListener(event, () => this.letGo(), { passive: true });
    addEventListener("keydown", (event) => {
      if (["PageUp", "PageDown", "Home", "End"].includes(event.key)) this.letGo();
    });
    this.jump?.addEventListener("click", () => {
      this.hold();
      this.show();
    });
  }

  mark(now, playing) {
    const found = this.at(now);
    const word = found && now <= found.span[1] + LINGER_S ? found.word : null;
    if (word !== this.current) {
      this.current?.classList.remove("is-now");
      word?.classList.add("is-now");
      this.current = word;
      if (word && playing && this.follows) this.show();
    }
    if (this.jump) this.jump.hidden = this.follows || !playing;
  }

  // The last word that has begun.
  at(now) {
    let low = 0;
    let high = this.timed.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.timed[middle].span[0] <= now) low = middle + 1;
      else high = middle;
    }
    return this.timed[low - 1];
  }

  show() {
    const smooth = !matchMedia("(prefers-reduced-motion: reduce)").matches;
    this.current?.scrollIntoView({ block: "nearest", behavior: smooth ? "smooth" : "instant" });
  }

  letGo() {
    if (this.player.isPlaying) this.follows = false;
  }

  hold() {
    this.follows = true;
    if (this.jump) this.jump.hidden = true;
  }

  // --- going from word to word --------------------------------------------------------------

  rove(word) {
    if (this.here) {
      this.here.tabIndex = -1;
      this.here.removeAttribute("role");
    }
    word.tabIndex = 0;
    word.setAttribute("role", "button");
    this.here = word;
  }

  go(word) {
    if (!word) return;
    this.rove(word);
    word.focus();
  }

  near(by) {
    return this.all[this.all.indexOf(this.here) + by];
  }

  // The first word of the next line (1), or of the one before (-1).
  nextLine(by) {
    const lines = [...this.transcript.querySelectorAll(LINE)];
    const line = lines[lines.indexOf(this.here.closest(LINE)) + by];
    return line?.querySelector("[data-w]");
  }

  target(key) {
    const forward = getComputedStyle(this.transcript).direction === "rtl" ? -1 : 1;
    const line = [...this.here.closest(LINE).querySelectorAll("[data-w]")];
    return {
      ArrowRight: () => this.near(forward),
      ArrowLeft: () => this.near(-forward),
      ArrowDown: () => this.nextLine(1),
      ArrowUp: () => this.nextLine(-1),
      Home: () => line[0],
      End: () => line[line.length - 1],
    }[key]?.();
  }

  // --- click and key ------------------------------------------------------------------------

  onClick(event) {
    const word = event.target.closest("[data-w]");
    if (!word || event.target.closest("a") || String(getSelection())) return;
    if (event.shiftKey && this.onChoice) this.onChoice.extend(this.here, word, true);
    else this.play(word);
    this.rove(word);
  }

  onKey(event) {
    if (!event.target.matches("[data-w]")) return;
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const go = ["ArrowRight", "ArrowLeft", "ArrowDown", "ArrowUp", "Home", "End"];
    if (go.includes(event.key)) this.onArrow(event);
    else if (event.key === "Enter") this.onEnter(event);
    else if (event.key === "Escape") this.onChoice?.clear();
    else this.player?.key(event);
  }

  onArrow(event) {
    event.preventDefault();
    const from = this.here;
    const to = this.target(event.key);
    if (!to) return;
    if (!event.shiftKey) this.onChoice?.clear();
    else if (!this.onChoice?.extend(from, to, false)) return;
    this.go(to);
  }

  onEnter(event) {
    event.preventDefault();
    const word = event.target;
    if (event.shiftKey && this.onChoice) this.onChoice.extend(word, word, true);
    else if (this.onChoice?.chosen) this.onChoice.open();
    else this.play(word);
  }

  play(word) {
    if (!this.player || !word.dataset.t) return;
    this.hold();
    this.player.playFrom(Number(word.dataset.t.split(" ")[0]));
  }
}
