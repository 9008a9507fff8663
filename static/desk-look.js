// A conversation that a colleague has, looked along in: to read, and to whisper.
import { DeskTools } from "./desk-tools.js";
import { describe } from "./desk-waiting.js";
import { DeskWhisper } from "./desk-whisper.js";
import { Log } from "./log.js";
import { fill } from "./parts.js";

export class DeskLook {
  #log;
  #whisper;

  // post(name, body) sends; onGone() when it is over.
  constructor(root, { post, onGone }) {
    this.root = root;
    this.heard = { messages: [], whispers: [] };
    const part = (mark) => root.querySelector(`[${mark}]`);
    this.#log = new Log({ list: part("data-chat-log"), end: part("data-log-end"), jump: part("data-look-new") });
    new DeskTools(root);
    this.#whisper = new DeskWhisper(root, { post });
    part("data-leave").addEventListener("click", async () => {
      const { status } = await post("leave", {});
      if (status === 204) onGone();
    });
  }

  describe(state) {
    describe(this.root, state);
    fill(this.root, { by: state.advisor });
  }

  hear(name, data) {
    if (name === "message" && this.#log.add(data)) this.heard.messages.push(data);
    if (name === "whisper" && this.#whisper.hear(data)) this.heard.whispers.push(data);
  }
}
