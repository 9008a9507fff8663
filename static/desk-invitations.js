// What colleagues ask of this advisor: to take a conversation over, to look along in one. And for a
// coordinator, the conversations on the floor.
import { describe } from "./desk-waiting.js";
import { copyOf } from "./page.js";
import { fill, show } from "./parts.js";

export class DeskInvitations {
  #root;
  #ways;
  #rows = { offer: new Map(), invited: new Map() };
  made = [];

  // `ways`: post(path, body, options), take(data) when one became mine, onLook(data).
  constructor(root, ways) {
    this.#root = root;
    this.#ways = ways;
    const floor = root.querySelector("[data-floor]");
    floor?.addEventListener("toggle", () => floor.open && this.#listFloor(floor));
    floor?.querySelector("[data-floor-again]").addEventListener("click", () => this.#listFloor(floor));
  }

  offer(offers, made) {
    this.made = made;
    this.#draw("offer", offers, (row, offer) => {
      fill(row, { by: offer.by_name, note: offer.note });
      show(row, "note", offer.note ? "some" : "none");
    });
  }

  invite(invited) {
    this.#draw("invited", invited, (row, asked) => fill(row, { by: asked.by_name }));
  }

  #draw(kind, told, describeRow) {
    const rows = this.#rows[kind];
    const list = this.#root.querySelector(`[data-${kind}-list]`);
    const there = new Set(told.map(({ conversation }) => conversation));
    for (const [name, row] of rows) {
      if (there.has(name)) continue;
      const hadFocus = row.contains(document.activeElement);
      row.remove();
      rows.delete(name);
      if (hadFocus) this.#root.querySelector("[data-take-next]").focus();
    }
    for (const one of told) {
      const row = rows.get(one.conversation) ?? this.#newRow(kind, one.conversation, list);
      rows.set(one.conversation, row);
      describe(row, one);
      describeRow(row, one);
    }
    show(this.#root, kind, told.length ? "some" : "none");
  }

  #newRow(kind, name, list) {
    const row = copyOf(this.#root.querySelector(`[data-${kind}-template]`));
    for (const button of row.querySelectorAll("[data-does]")) {
      button.addEventListener("click", () => this.#do(row, button.dataset.does, name));
    }
    list.append(row);
    return row;
  }

  async #do(row, act, name) {
    const { status, data } = await this.#ways.post(`conversations/${encodeURIComponent(name)}/${act}`, {});
    const done = status === 200 || status === 204;
    show(row, "refused", done ? "" : data.reason ?? "failed");
    if (!done) return;
    if (act === "accept") this.#ways.take(data, true);
    if (act === "look") this.#ways.onLook(data);
  }

  async #listFloor(floor) {
    const { status, data } = await this.#ways.post("look", {}, { method: "GET" });
    const found = data.conversations ?? [];
    show(floor, "floor", status !== 200 ? "failed" : found.length ? "some" : "none");
    const list = floor.querySelector("ul");
    list.replaceChildren();
    for (const talk of found) {
      const row = this.#newRow("floor", talk.conversation, list);
      fill(row, { by: talk.advisor_name, region: talk.region_name });
      show(row, "region", talk.region ? "known" : "unknown");
      show(row, "lane", talk.lane);
      show(row, "danger", talk.danger ? "yes" : "no");
    }
  }
}
