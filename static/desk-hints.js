// A quiet sign that a visitor wrote a word of danger. The server marks the word; nothing else follows.
import { show } from "./parts.js";

export class DeskHints {
  constructor(root) {
    const look = (records) => {
      const marked = records.some(({ addedNodes }) => [...addedNodes].some((node) => node.querySelector?.("[data-danger-word]")));
      if (marked) show(root, "hint", "yes");
    };
    new MutationObserver(look).observe(root.querySelector("[data-chat-log]"), { childList: true });
    root.querySelector("[data-hint-dismiss]").addEventListener("click", () => {
      show(root, "hint", "no");
      root.querySelector("[data-chat-say] textarea").focus();
    });
  }
}
