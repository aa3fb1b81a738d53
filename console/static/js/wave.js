/* The wave of a message, drawn from peaks that the server made: nothing of the sound is fetched
   before somebody plays it. */

import WaveSurfer from "../vendor/wavesurfer-8.0.1.esm.js";

const HEIGHT = 64;
const FLAT = new Array(400).fill(0); // a dotted line

/** How loud each piece is, and how long the whole is, in seconds; flat where nobody knows. */
export async function loadPeaks(url) {
  try {
    const answer = await fetch(url, { headers: { Accept: "application/json" } });
    if (!answer.ok) return { duration_s: 0, peaks: [] };
    return await answer.json();
  } catch {
    return { duration_s: 0, peaks: [] };
  }
}

// A canvas takes no custom property: the sheet sets them as colors of the box, which compute.
function colors(box) {
  const style = getComputedStyle(box);
  return {
    waveColor: style.color,
    progressColor: style.caretColor,
    cursorColor: style.textDecorationColor,
  };
}

// Quiet speech is drawn at most twice as high as it is: silence stays silence.
function scaled(peaks) {
  const top = Math.min(2, 100 / Math.max(1, ...peaks)) / 100;
  return peaks.map((peak) => peak * top);
}

/** A wavesurfer over the page's own <audio>, flat at first. length: what it plays, in seconds. */
export function drawWave(box, audio, length, nonce) {
  const wave = WaveSurfer.create({
    container: box,
    media: audio,
    peaks: [FLAT],
    duration: length,
    cspNonce: nonce,
    height: HEIGHT,
    barWidth: 3,
    barGap: 2,
    barRadius: 2,
    barMinHeight: 2,
    cursorWidth: 2,
    hideScrollbar: true,
    autoScroll: false,
    dragToSeek: true,
    ...colors(box),
  });
  const again = () => wave.setOptions(colors(box));
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", again);
  return wave;
}

/** Show how loud it is. found: what `loadPeaks` gave. */
export function showPeaks(wave, found) {
  const peaks = [found.peaks.length ? scaled(found.peaks) : FLAT];
  wave.setOptions({ peaks, duration: found.duration_s });
  wave.getRenderer().render(wave.getDecodedData()); // options alone draw what was there before
}
