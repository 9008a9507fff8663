// Calls when somebody waits and nobody takes them: with words, a sound, a notice of the computer. Gently
// again every half minute, in one tab, and not for those who have a break.
import { Chime } from "./desk-chime.js";
import { DeskNotice } from "./desk-notice.js";
import { OnlyTab } from "./only-tab.js";
import { show } from "./parts.js";

const AGAIN_AFTER_MS = 30_000;

export class DeskAlerts {
  #words;
  #sound;
  #post;
  #isQuiet;
  #chime = new Chime(() => this.#arrange());
  #tab = new OnlyTab("luwte-desk-sound");
  #notice;
  #known = new Set();
  #waiting = [];
  #timer = 0;
  #before = "normal";
  #up = true;

  // isQuiet() tells whether this advisor wants no calls now; post(path, body) keeps the volume.
  constructor({ post, isQuiet }) {
    this.#words = document.querySelector("[data-alerts]");
    this.#sound = document.querySelector("[data-sound]");
    this.#post = post;
    this.#isQuiet = isQuiet;
    this.#part("volume").addEventListener("change", () => this.#choose(this.#part("volume").value));
    this.#notice = new DeskNotice(this.#words.dataset.notice, this.#part("notice-on"));
    this.#arrange();
    this.#chime.start();
    this.#recall();
  }

  // Everybody who waits now.
  hear(waiting) {
    const fresh = waiting.filter(({ conversation }) => !this.#known.has(conversation));
    this.#known = new Set(waiting.map(({ conversation }) => conversation));
    this.#waiting = waiting;
    if (!waiting.length) this.#rest();
    else if (fresh.length) this.#call(fresh);
    else this.#tell();
  }

  // A tab that hears nothing leaves the calling to another.
  line(up) {
    this.#up = up;
    this.#notice.line(up);
    this.#arrange();
  }

  // The status of this advisor changed.
  look() {
    this.#tell();
    if (this.#isQuiet()) this.#notice.close();
  }

  mute() {
    this.#choose(this.#chime.wanted ? "off" : this.#before);
    show(this.#sound, "sound", this.#chime.wanted ? "on" : "off");
  }

  #call(who) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#call(this.#waiting), AGAIN_AFTER_MS);
    this.#tell();
    if (this.#isQuiet()) return;
    if (this.#tab.mine) this.#chime.play(who.some(({ danger }) => danger) ? "danger" : "waiting");
    this.#notice.show();
  }

  #rest() {
    clearTimeout(this.#timer);
    this.#notice.close();
    this.#tell();
  }

  #tell() {
    const danger = this.#waiting.some((visitor) => visitor.danger);
    const called = this.#isQuiet() || !this.#waiting.length ? "" : danger ? "danger" : "waiting";
    show(this.#words, "called", called);
  }

  #choose(volume) {
    this.#setVolume(volume);
    this.#chime.play("waiting");
    this.#post("sound", { volume });
  }

  // As loud as it was chosen before, on any machine.
  async #recall() {
    const { status, data } = await this.#post("sound", {}, { method: "GET" });
    if (status === 200) this.#setVolume(data.volume);
  }

  #setVolume(volume) {
    if (volume !== "off") this.#before = volume;
    this.#chime.volume = volume;
    this.#part("volume").value = volume;
    this.#arrange();
  }

  #arrange() {
    const { awake, wanted } = this.#chime;
    this.#tab.want(awake && wanted && this.#up);
    this.#part("sound-on").hidden = awake || !wanted || !globalThis.AudioContext;
  }

  #part(name) {
    return this.#sound.querySelector(`[data-${name}]`);
  }
}
