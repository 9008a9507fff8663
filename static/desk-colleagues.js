// Who is at the desk now. Rows stay the same elements, so that a reader's place is not lost.
import { copyOf } from "./page.js";
import { fill, show } from "./parts.js";

export class DeskColleagues {
  #root;
  #list;
  #rows = new Map();

  constructor(root) {
    this.#root = root.querySelector("[data-colleagues]");
    this.#list = this.#root.querySelector("ul");
    this.all = [];
  }

  show(colleagues) {
    this.all = colleagues;
    const others = colleagues.filter(({ me }) => !me);
    const there = new Set(others.map(({ id }) => id));
    for (const [id, row] of this.#rows) {
      if (there.has(id)) continue;
      row.remove();
      this.#rows.delete(id);
    }
    for (const colleague of others) this.#list.append(this.#rowOf(colleague));
    fill(this.#root, { colleagues: others.length });
    show(this.#root, "colleagues", others.length ? "some" : "none");
  }

  #rowOf(colleague) {
    let row = this.#rows.get(colleague.id);
    if (!row) {
      row = copyOf(this.#root.querySelector("[data-colleague-template]"));
      this.#rows.set(colleague.id, row);
    }
    const { name, chats, most, status, langs, regions } = colleague;
    fill(row, { name, chats, most, regions: regions.map((region) => region.name).join(", ") });
    show(row, "status", status);
    for (const lang of ["nl", "en"]) show(row, lang, langs.includes(lang) ? "yes" : "no");
    const every = Number(this.#root.dataset.regions);
    show(row, "regions", regions.length < every ? "some" : "all");
    return row;
  }
}
