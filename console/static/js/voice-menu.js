// Plays prompts in place, one after the other; without it the links open the sound.

const player = new Audio();
let pressed = null;
let queue = [];
const word = (button) => button.querySelector("span");

function still() {
  player.pause();
  queue = [];
  if (pressed) {
    word(pressed).textContent = pressed.dataset.still;
    pressed.setAttribute("aria-pressed", "false");
  }
  pressed = null;
}

function next() {
  const url = queue.shift();
  if (!url) return still();
  player.src = url;
  player.play().catch(still);
}

function press(button, urls) {
  const again = button === pressed;
  still();
  if (again) return;
  pressed = button;
  button.dataset.still = word(button).textContent;
  word(button).textContent = button.dataset.playing;
  button.setAttribute("aria-pressed", "true");
  queue = urls;
  next();
}

player.addEventListener("ended", next);
player.addEventListener("error", still);

for (const link of document.querySelectorAll("[data-sound]")) {
  link.setAttribute("role", "button");
  link.setAttribute("aria-pressed", "false");
  link.addEventListener("click", (event) => {
    event.preventDefault();
    press(link, [link.href]);
  });
  link.addEventListener("keydown", (event) => {
    if (event.key === " ") {
      event.preventDefault();
      link.click();
    }
  });
}

for (const button of document.querySelectorAll("[data-play]")) {
  const urls = button.dataset.play.split(" ").filter(Boolean);
  if (!urls.length) continue;
  button.parentElement.hidden = false;
  button.setAttribute("aria-pressed", "false");
  button.addEventListener("click", () => press(button, [...urls]));
}
