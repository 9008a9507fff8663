// What an advisor typed and did not send: kept on our server, sealed, for them alone, so that a reload
// does not lose it. Never in the browser's storage: that is a disk.
const KEEP_AFTER_MS = 800;
const TRY_AGAIN_MS = 5_000;
const NO_USE = [401, 403, 410];

export class Draft {
  #field;
  #say;
  #post;
  #kept = "";
  #timer = 0;
  #keeping = false;

  // post("draft", {text}) keeps it.
  constructor(form, { say, post }) {
    this.#field = form.elements.text;
    this.#say = say;
    this.#post = post;
    this.#field.addEventListener("input", () => this.#later(KEEP_AFTER_MS));
    // Sending empties the field without an input event, and what was sent must not come back.
    form.addEventListener("submit", () => queueMicrotask(() => this.#keep()));
    this.#field.addEventListener("keyup", ({ key }) => key === "Enter" && this.#keep());
    addEventListener("pagehide", this.#leave);
    this.#restore();
  }

  // The conversation is over, and what was kept went with it.
  end() {
    this.#post = null;
    clearTimeout(this.#timer);
    removeEventListener("pagehide", this.#leave);
  }

  async #restore() {
    const { status, data } = await this.#post("draft", {}, { method: "GET" });
    if (status !== 200 || !this.#post) return;
    this.#kept = data.text;
    // What is being typed now is newer.
    if (!this.#field.value) this.#say.write(data.text);
  }

  #later(ms) {
    clearTimeout(this.#timer);
    if (this.#post) this.#timer = setTimeout(() => this.#keep(), ms);
  }

  // One at a time, so that an older text never overtakes a newer one.
  async #keep() {
    clearTimeout(this.#timer);
    const text = this.#field.value;
    if (this.#keeping || !this.#post || text === this.#kept) return;
    this.#keeping = true;
    const { status } = await this.#post("draft", { text });
    this.#keeping = false;
    if (status === 204) this.#kept = text;
    if (NO_USE.includes(status) || this.#field.value === this.#kept) return;
    this.#later(status === 204 ? 0 : TRY_AGAIN_MS);
  }

  #leave = () => {
    const text = this.#field.value;
    if (text !== this.#kept) this.#post("draft", { text }, { keepalive: true });
  };
}
