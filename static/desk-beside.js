// What stands beside one's own conversation: whispers, who looks along, handing over.
import { DeskTransfer } from "./desk-transfer.js";
import { DeskWhisper } from "./desk-whisper.js";
import { fill, show } from "./parts.js";

export class DeskBeside {
  #root;
  #name;
  #whisper;
  #transfer;

  // `name` is the conversation's; post(name, body) sends.
  constructor(root, { name, post }) {
    this.#root = root;
    this.#name = name;
    this.#whisper = new DeskWhisper(root, { post });
    this.#transfer = new DeskTransfer(root, { post });
  }

  hear(name, data) {
    if (name === "whisper") this.#whisper.hear(data);
    else this.#watchedBy(data.watchers);
  }

  offerTo(colleagues) {
    this.#transfer.offerTo(colleagues);
  }

  made(offers) {
    this.#transfer.made(offers.find(({ conversation }) => conversation === this.#name));
  }

  #watchedBy(watchers) {
    for (const how of ["looks", "invited"]) {
      const names = watchers.filter((one) => one.how === how).map(({ name }) => name);
      fill(this.#root, { [how]: names.join(", ") });
      show(this.#root, `watch-${how}`, names.length ? "some" : "none");
    }
  }
}
