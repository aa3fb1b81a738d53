/* Choosing the words to correct: by Shift and click, or Shift and arrows and then Enter. The form
   is the one that is there without a script; this fills it in. */

/** Let words be chosen where there is a form for them. */
export function correcting(transcript, words) {
  if (!transcript.querySelector("[data-correct-form]")) return;
  words.onChoice = new Choice(transcript, words);
}

class Choice {
  constructor(transcript, words) {
    this.transcript = transcript;
    this.words = words;
    this.anchor = null;
    this.chosen = null;
    for (const form of transcript.querySelectorAll("[data-correct-form]")) this.bind(form);
  }

  bind(form) {
    const details = form.closest("details");
    form.addEventListener("change", () => this.showRange(form));
    details.addEventListener("toggle", () => {
      if (details.open) this.showRange(form);
      else this.paint([]);
    });
    details.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      event.preventDefault();
      details.open = false;
      this.clear();
      this.words.here.focus();
    });
  }

  /** Choose from the word where choosing began to `to`, on one line. False if that cannot be. */
  extend(from, to, andOpen) {
    if (!this.chosen) this.anchor = from;
    const line = this.anchor.closest("[data-line]");
    if (to.closest("[data-line]") !== line) {
      if (!andOpen) return false;
      this.anchor = to; // a click on another line begins there
    }
    const all = [...to.closest("[data-line]").querySelectorAll("[data-w]")];
    const ends = [all.indexOf(this.anchor), all.indexOf(to)].sort((a, b) => a - b);
    this.chosen = all.slice(ends[0], ends[1] + 1);
    this.paint(this.chosen);
    if (andOpen) this.open();
    return true;
  }

  clear() {
    this.anchor = null;
    this.chosen = null;
    this.paint([]);
  }

  /** Show the form with the chosen words in it. */
  open() {
    const words = this.chosen;
    const details = words[0].closest("[data-line]").querySelector("[data-correct]");
    const form = details.querySelector("[data-correct-form]");
    form.elements.first.value = nearest(form.elements.first, words[0].dataset.w.split(" ")[0]);
    form.elements.last.value = nearest(form.elements.last, words.at(-1).dataset.w.split(" ")[1]);
    const hidden = words.some((word) => word.matches(".w-name, .w-lost"));
    form.elements.text.value = hidden ? "" : words.map((word) => word.textContent).join(" ");
    details.open = true;
    form.elements.text.focus();
    form.elements.text.select();
    this.chosen = null;
  }

  // The lists say which words: show them in the line.
  showRange(form) {
    const first = Number(form.elements.first.value);
    const last = Number(form.elements.last.value);
    const line = form.closest("[data-line]");
    const inside = [...line.querySelectorAll("[data-w]")].filter((word) => {
      const [from, to] = word.dataset.w.split(" ").map(Number);
      return from >= first && to <= last;
    });
    this.paint(inside);
  }

  paint(words) {
    for (const word of this.transcript.querySelectorAll(".is-chosen"))
      word.classList.remove("is-chosen");
    for (const word of words) word.classList.add("is-chosen");
  }
}

// A mask or an earlier correction is chosen as one: its list has one entry for all its words.
function nearest(list, value) {
  const values = [...list.options].map((option) => option.value);
  return values.includes(value) ? value : list.value;
}
