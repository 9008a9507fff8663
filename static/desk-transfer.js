// Hands a conversation over to a colleague, a region or a lane, and asks a colleague to look along.
import { fill, show } from "./parts.js";

export class DeskTransfer {
  #root;
  #form;
  #invite;
  #post;
  #drawn = "";

  constructor(root, { post }) {
    this.#root = root;
    this.#post = post;
    this.#form = root.querySelector("[data-transfer-form]");
    this.#invite = root.querySelector("[data-invite-form]");
    this.#form.addEventListener("submit", (event) => this.#send(event, "transfer", this.#form));
    this.#invite.addEventListener("submit", (event) => this.#send(event, "invite", this.#invite));
    root.querySelector("[data-withdraw]").addEventListener("click", () => this.#post("withdraw", {}));
  }

  // A choice that was made stays while colleagues come and go.
  offerTo(colleagues) {
    const others = colleagues.filter(({ me }) => !me);
    const drawn = JSON.stringify(others.map(({ id, name, status, chats, most }) => [id, name, status, chats, most]));
    if (drawn === this.#drawn) return;
    this.#drawn = drawn;
    for (const group of this.#root.querySelectorAll("[data-people]")) {
      const select = group.closest("select");
      const chosen = select.value;
      group.replaceChildren(...others.map((one) => this.#optionOf(one, group)));
      select.value = [...select.options].some(({ value }) => value === chosen) ? chosen : "";
    }
  }

  // The offer of this conversation that stands, if one does.
  made(offer) {
    show(this.#root, "made", offer ? "yes" : "no");
    if (!offer) return;
    const options = [...this.#form.elements.to.options];
    const value = offer.to.id || (options.some((one) => one.value === offer.to.region) ? offer.to.region : offer.to.lane);
    fill(this.#root, { "made-to": options.find((one) => one.value === value)?.dataset.name ?? "" });
  }

  #optionOf({ id, name, status, chats, most }, group) {
    const option = document.createElement("option");
    option.value = id;
    option.dataset.name = name;
    option.textContent = `${name} (${group.dataset[status]}, ${chats}/${most})`;
    return option;
  }

  async #send(event, act, form) {
    event.preventDefault();
    const { to, note } = form.elements;
    const { status, data } = await this.#post(act, { to: to.value, note: note?.value ?? "" });
    show(form, "sent", status === 204 ? "yes" : data.reason ?? "failed");
    if (status === 204) form.reset();
  }
}
