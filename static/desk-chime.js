// The desk's two calls, made of a few soft tones: nothing is fetched, and danger sounds different.
const LOUDNESS = { off: 0, soft: 0.04, normal: 0.12, loud: 0.35 };
const TONE_S = 0.45;
// Each tone: when it begins, in seconds, and how high it is, in hertz.
const TONES = {
  waiting: [[0, 523.25], [0.22, 659.25]],
  danger: [[0, 880], [0.2, 659.25], [0.4, 880], [0.9, 880], [1.1, 659.25], [1.3, 880]],
};

export class Chime {
  volume = "normal";
  #context = null;
  #onChange;

  // A browser is silent until somebody did something on the page; onChange() when it no longer is.
  constructor(onChange) {
    this.#onChange = onChange;
  }

  start() {
    for (const sign of ["click", "keydown"]) addEventListener(sign, this.#wake, true);
    if (navigator.userActivation?.hasBeenActive) this.#wake();
  }

  get awake() {
    return this.#context?.state === "running";
  }

  get wanted() {
    return this.volume !== "off";
  }

  play(kind) {
    if (!this.awake || !this.wanted) return;
    for (const [begin, hertz] of TONES[kind]) this.#tone(this.#context.currentTime + begin, hertz);
  }

  #wake = async () => {
    if (!globalThis.AudioContext) return;
    this.#context ??= new AudioContext();
    // A machine that slept, or a call on the headset, may have put it to sleep again.
    if (!this.awake) await this.#context.resume().catch(() => {});
    this.#onChange();
  };

  #tone(at, hertz) {
    const tone = this.#context.createOscillator();
    const loudness = this.#context.createGain();
    tone.frequency.value = hertz;
    loudness.gain.setValueAtTime(0.0001, at);
    loudness.gain.exponentialRampToValueAtTime(LOUDNESS[this.volume], at + 0.03);
    loudness.gain.exponentialRampToValueAtTime(0.0001, at + TONE_S);
    tone.connect(loudness).connect(this.#context.destination);
    tone.start(at);
    tone.stop(at + TONE_S);
  }
}
