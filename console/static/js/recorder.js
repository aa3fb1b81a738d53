/* A reply by voice: the browser records, and makes the WAV of 8 kHz that a telephone plays.
   It is put into the form's own file field; nothing leaves the page before the form is sent. */

const RATE = 8000;

/** Give a form (`data-recorder`) its buttons, where the browser can record. */
export function prepareRecorder(form) {
  if (!navigator.mediaDevices?.getUserMedia || !window.MediaRecorder) return;
  const part = (name) => form.querySelector(`[data-record${name}]`);
  const [begin, stop, says, play] = [part(""), form.querySelector("[data-stop]"), part("-says"), part("-play")];
  const file = form.querySelector("input[type=file]");
  part("-buttons").hidden = false;
  let recorder;

  begin.addEventListener("click", async () => {
    try {
      recorder = await listen(Number(form.dataset.longest));
    } catch {
      says.textContent = form.dataset.saysRefused;
      return;
    }
    recorder.addEventListener("stop", async () => {
      await keep(recorder.heard, file, play);
      says.textContent = form.dataset.saysReady;
      [begin.disabled, stop.disabled] = [false, true];
    });
    says.textContent = form.dataset.saysListening;
    [begin.disabled, stop.disabled] = [true, false];
    const ticking = showTime(part("-clock"));
    recorder.addEventListener("stop", () => clearInterval(ticking));
    stop.focus();
  });
  stop.addEventListener("click", () => recorder?.stop());
}

/** Show for how long it has been recording: 0:00, 0:01 … */
function showTime(clock) {
  const began = performance.now();
  const show = () => {
    const seconds = Math.floor((performance.now() - began) / 1000);
    clock.textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
  };
  show();
  return setInterval(show, 250);
}

/** Begin to record, for so many seconds at most. Throws when the microphone is refused. */
async function listen(longestS) {
  const stream = await navigator.mediaDevices.getUserMedia({ audio: { channelCount: 1 } });
  const recorder = new MediaRecorder(stream);
  const timer = setTimeout(() => recorder.stop(), longestS * 1000 - 500);
  recorder.heard = [];
  recorder.addEventListener("dataavailable", (event) => recorder.heard.push(event.data));
  recorder.addEventListener("stop", () => {
    clearTimeout(timer);
    for (const track of stream.getTracks()) track.stop(); // the browser's red dot goes out
  });
  recorder.start();
  return recorder;
}

/** Put what was heard into the file field, and let it be listened to. */
async function keep(heard, file, play) {
  const sound = await wav(new Blob(heard));
  const chosen = new DataTransfer();
  chosen.items.add(new File([sound], "reply.wav", { type: "audio/wav" }));
  file.files = chosen.files;
  if (play.src) URL.revokeObjectURL(play.src);
  play.src = URL.createObjectURL(sound);
  play.hidden = false;
}

/** A WAV (8 kHz, 16 bit, one channel) of whatever the browser has recorded. */
async function wav(blob) {
  const raw = await new OfflineAudioContext(1, 1, RATE).decodeAudioData(await blob.arrayBuffer());
  const narrow = new OfflineAudioContext(1, Math.max(1, raw.length), RATE);
  const source = new AudioBufferSourceNode(narrow, { buffer: raw });
  source.connect(narrow.destination);
  source.start();
  const samples = (await narrow.startRendering()).getChannelData(0);
  return new Blob([header(samples.length * 2), pcm(samples)], { type: "audio/wav" });
}

function pcm(samples) {
  const bytes = new DataView(new ArrayBuffer(samples.length * 2));
  samples.forEach((value, n) => bytes.setInt16(n * 2, Math.max(-1, Math.min(1, value)) * 32767, true));
  return bytes;
}

/** The 44 bytes before the sound (RIFF, Microsoft 1991). */
function header(size) {
  const view = new DataView(new ArrayBuffer(44));
  const text = (at, letters) => [...letters].forEach((c, n) => view.setUint8(at + n, c.charCodeAt(0)));
  text(0, "RIFF");
  view.setUint32(4, 36 + size, true);
  text(8, "WAVEfmt ");
  view.setUint32(16, 16, true);
  view.setUint16(20, 1, true);
  view.setUint16(22, 1, true);
  view.setUint32(24, RATE, true);
  view.setUint32(28, RATE * 2, true);
  view.setUint16(32, 2, true);
  view.setUint16(34, 16, true);
  text(36, "data");
  view.setUint32(40, size, true);
  return view;
}
