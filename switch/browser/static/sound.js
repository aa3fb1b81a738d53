/* The sound of the page: one microphone, one pair of ears, and the bell. */

const RING_HZ = [440, 480]; // the ringing of North American phones: both at once
const RING_S = 1.2;
const RING_EVERY_MS = 3000;

/** What the microphone is doing: "asked" not yet, "open", "refused", or "none" to be found. */
export const microphone = { state: "asked" };

let context = null;
let line = null;
let stream = null;
let source = null;
let bell = null;
let told = { frame: () => {}, levels: () => {} };

/** Whom to tell of frames (ArrayBuffer of 160 bytes) and of levels ({said, heard}, 0 to 1). */
export function tell(whom) {
  told = whom;
}

/** Make sound possible; only after somebody has pressed something, as browsers demand. */
export async function open() {
  if (!context) {
    context = new AudioContext({ latencyHint: "interactive" });
    await context.audioWorklet.addModule(new URL("worklet.js", import.meta.url));
    line = new AudioWorkletNode(context, "line", { outputChannelCount: [1] });
    line.connect(context.destination);
    line.port.onmessage = ({ data }) => (data.frame ? told.frame(data.frame) : told.levels(data));
  }
  await context.resume();
  if (microphone.state === "asked") await listen();
}

/** Listen to a microphone (without an id: the browser's choice). Refused or none: nothing is heard. */
export async function listen(id) {
  if (!context) return;
  stream?.getTracks().forEach((track) => track.stop());
  source?.disconnect();
  const wanted = { echoCancellation: true, noiseSuppression: true, autoGainControl: true, channelCount: 1 };
  if (id) wanted.deviceId = { exact: id };
  try {
    stream = await navigator.mediaDevices.getUserMedia({ audio: wanted });
  } catch (error) {
    microphone.state = error.name === "NotAllowedError" ? "refused" : "none";
    return;
  }
  microphone.state = "open";
  source = context.createMediaStreamSource(stream);
  source.connect(line);
}

/** Let the microphone go; `open` asks for it again. */
export function rest() {
  stream?.getTracks().forEach((track) => track.stop());
  source?.disconnect();
  stream = source = null;
  if (microphone.state === "open") microphone.state = "asked";
}

/** Whether something can be heard: browsers allow it once somebody has pressed something. */
export function audible() {
  return context?.state === "running";
}

/** The microphones there are, once one was allowed: [{id, name}]. */
export async function microphones() {
  const found = await navigator.mediaDevices?.enumerateDevices() ?? [];
  return found
    .filter((each) => each.kind === "audioinput" && each.deviceId)
    .map((each) => ({ id: each.deviceId, name: each.label }));
}

/** The microphone that is open, or nothing. */
export function chosen() {
  return stream?.getAudioTracks()[0]?.getSettings().deviceId;
}

/** Let a frame be heard. */
export function play(frame) {
  line?.port.postMessage({ frame }, [frame]);
}

/** Forget what still waits to be heard. */
export function hush() {
  line?.port.postMessage({ quiet: true });
}

/** Hear oneself 1.5 s later, and let nobody else hear it. */
export function echo(on) {
  line?.port.postMessage({ echo: on });
  if (!on) hush();
}

/** Ring, or stop. Silent until somebody has pressed something on the page. */
export function ring(on) {
  if (on && !bell) {
    bell = setInterval(peal, RING_EVERY_MS);
    peal();
  } else if (!on && bell) {
    clearInterval(bell);
    bell = null;
  }
}

function peal() {
  if (context?.state !== "running") return;
  const loud = new GainNode(context, { gain: 0 });
  loud.connect(context.destination);
  const now = context.currentTime;
  loud.gain.linearRampToValueAtTime(0.08, now + 0.03);
  loud.gain.setValueAtTime(0.08, now + RING_S);
  loud.gain.linearRampToValueAtTime(0, now + RING_S + 0.05);
  for (const frequency of RING_HZ) {
    const tone = new OscillatorNode(context, { frequency });
    tone.connect(loud);
    tone.start(now);
    tone.stop(now + RING_S + 0.1);
  }
}
