/* Runs beside the page on the audio thread: the microphone becomes 8 kHz µ-law frames of 20 ms, and
   frames become sound. The line carries 300 to 3400 Hz, so both ways pass a low-pass filter. */

const RATE = 8000;
const FRAME = 160;
const CUT_HZ = 3400;
const TAPS = 63;
const FIRST = 4; // frames that are waited for before anything is heard: 80 ms
const MOST = 15; // frames that may wait, 300 ms; more would be heard as delay
const ECHO_FRAMES = 75; // the echo test answers 1.5 s later
const LEVEL_EVERY = 3; // frames between two levels told to the page

const BIAS = 0x84;
const CLIP = 32635;

function encode(sample) {
  let value = Math.round(Math.max(-1, Math.min(1, sample)) * 32767);
  const sign = value < 0 ? 0x80 : 0;
  value = Math.min(Math.abs(value), CLIP) + BIAS;
  const exponent = 31 - Math.clz32(value >> 7);
  return ~(sign | (exponent << 4) | ((value >> (exponent + 3)) & 0x0f)) & 0xff;
}

const DECODED = Float32Array.from({ length: 256 }, (_, code) => {
  const bits = ~code & 0xff;
  const value = ((((bits & 0x0f) << 3) + BIAS) << ((bits >> 4) & 7)) - BIAS;
  return (bits & 0x80 ? -value : value) / 32768;
});

/** A low-pass filter for samples that come one by one at `rate`. */
class LowPass {
  constructor(rate) {
    const middle = (TAPS - 1) / 2;
    const cut = (2 * CUT_HZ) / rate;
    this.taps = Float32Array.from({ length: TAPS }, (_, at) => {
      const x = Math.PI * (at - middle);
      const hamming = 0.54 - 0.46 * Math.cos((2 * Math.PI * at) / (TAPS - 1));
      return (at === middle ? cut : Math.sin(cut * x) / x) * hamming;
    });
    this.past = new Float32Array(TAPS);
    this.at = 0;
  }

  next(sample) {
    this.past[this.at] = sample;
    this.at = (this.at + 1) % TAPS;
    let sum = 0;
    for (let i = 0; i < TAPS; i += 1) sum += this.taps[i] * this.past[(this.at + i) % TAPS];
    return sum;
  }
}

class Line extends AudioWorkletProcessor {
  constructor() {
    super();
    this.toLine = new LowPass(sampleRate);
    this.toEar = new LowPass(sampleRate);
    this.step = sampleRate / RATE;
    this.phase = 0;
    this.before = 0;
    this.frame = new Uint8Array(FRAME);
    this.filled = 0;
    this.queue = [];
    this.waiting = true;
    this.heardAt = 0;
    this.heard = new Float32Array(FRAME);
    this.last = 0;
    this.echo = null;
    this.levels = { said: 0, heard: 0, frames: 0 };
    this.port.onmessage = ({ data }) => this.told(data);
  }

  told(data) {
    if (data.frame) this.enqueue(new Uint8Array(data.frame));
    if ("echo" in data) this.echo = data.echo ? [] : null;
    if (data.quiet) this.hush();
  }

  hush() {
    this.queue = [];
    this.waiting = true;
  }

  enqueue(frame) {
    this.queue.push(frame);
    if (this.queue.length > MOST) this.queue.splice(0, this.queue.length - FIRST);
  }

  process([input], [output]) {
    const microphone = input[0];
    if (microphone) for (const sample of microphone) this.speak(sample);
    const ear = output[0];
    for (let i = 0; i < ear.length; i += 1) ear[i] = this.toEar.next(this.hear());
    for (const channel of output.slice(1)) channel.set(ear);
    return true;
  }

  speak(sample) {
    const smooth = this.toLine.next(sample);
    this.phase += 1;
    while (this.phase >= this.step) {
      this.phase -= this.step; // so many samples ago, less than one
      this.put(smooth + (this.before - smooth) * this.phase);
    }
    this.before = smooth;
  }

  put(sample) {
    this.levels.said = Math.max(this.levels.said, Math.abs(sample));
    this.frame[this.filled] = encode(sample);
    this.filled += 1;
    if (this.filled < FRAME) return;
    const whole = this.frame;
    this.frame = new Uint8Array(FRAME);
    this.filled = 0;
    this.tell();
    if (this.echo) {
      this.echo.push(whole);
      if (this.echo.length > ECHO_FRAMES) this.enqueue(this.echo.shift());
    } else {
      this.port.postMessage({ frame: whole.buffer }, [whole.buffer]);
    }
  }

  tell() {
    this.levels.frames += 1;
    if (this.levels.frames < LEVEL_EVERY) return;
    this.port.postMessage({ said: this.levels.said, heard: this.levels.heard });
    this.levels = { said: 0, heard: 0, frames: 0 };
  }

  /** The next sample at the rate of this machine, between two of the line. */
  hear() {
    const at = Math.floor(this.heardAt);
    const here = this.heard[at] ?? 0;
    const next = this.heard[at + 1] ?? here;
    const sample = here + (next - here) * (this.heardAt - at);
    this.heardAt += RATE / sampleRate;
    if (this.heardAt >= FRAME) {
      this.heardAt -= FRAME;
      this.heard = this.take();
    }
    this.levels.heard = Math.max(this.levels.heard, Math.abs(sample));
    return sample;
  }

  take() {
    if (this.waiting && this.queue.length < FIRST) return new Float32Array(FRAME);
    this.waiting = this.queue.length === 0;
    const frame = this.queue.shift();
    return frame ? Float32Array.from(frame, (code) => DECODED[code]) : new Float32Array(FRAME);
  }
}

registerProcessor("line", Line);
