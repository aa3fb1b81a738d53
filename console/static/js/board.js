/* Seconds go on while the board is looked at: from the server's moments, by the server's clock. */

const board = document.getElementById("board");
let ahead = 0; // the server's clock less ours, in ms

function setClock() {
  ahead = Date.parse(board.dataset.now) - Date.now();
}

function clock(seconds) {
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

function tick() {
  const now = Date.now() + ahead;
  for (const shown of board.querySelectorAll("[data-says]")) {
    const { since, until, most, says } = shown.dataset;
    const gone = (since ? now - Date.parse(since) : Date.parse(until) - now) / 1000;
    const within = Math.min(Math.max(0, gone), most ? Number(most) : Infinity);
    const seconds = since ? Math.floor(within) : Math.ceil(within);
    const text = says.replace("{}", "clock" in shown.dataset ? clock(seconds) : seconds);
    if (shown.textContent !== text) shown.textContent = text;
  }
}

document.addEventListener("hotline:fresh", (event) => {
  if (event.detail !== board) return;
  setClock();
  tick();
});
setClock();
setInterval(tick, 250);
