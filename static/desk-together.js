// What colleagues do together at the desk: the shift, who is there, offers, looking along, whispers.
import { DeskColleagues } from "./desk-colleagues.js";
import { DeskInvitations } from "./desk-invitations.js";
import { DeskLook } from "./desk-look.js";
import { DeskShift } from "./desk-shift.js";
import { copyOf } from "./page.js";

const OF_A_CONVERSATION = ["state", "message", "typing", "ended", "whisper", "watchers"];

export class DeskTogether {
  #root;
  #ways;
  #shift;
  #colleagues;
  #invitations;
  #looks = new Map();

  // `ways`: post(path, body, options); front; conversation(name) that is mine; take(data) when one became
  // mine; onStatus().
  constructor(root, ways) {
    this.#root = root;
    this.#ways = ways;
    this.#shift = new DeskShift(root, ways);
    this.#colleagues = new DeskColleagues(root);
    this.#invitations = new DeskInvitations(root, { ...ways, onLook: (data) => this.#look(data) });
  }

  // Answers whether the event was for this part alone.
  hear(name, data) {
    if (name === "shift") this.#shift.describe(data);
    else if (name === "colleagues") this.#told(data);
    else if (name === "offer") this.#offered(data);
    else if (name === "look") this.#invitations.invite(data.invited);
    else if (name === "waiting") this.#still(data.look ?? []);
    else if (OF_A_CONVERSATION.includes(name)) return this.#hearOf(name, data);
    return name !== "waiting";
  }

  #hearOf(name, data) {
    const look = this.#looks.get(data.conversation);
    if (name === "state" && data.role === "look") this.#of(data.conversation).describe(data);
    else if (name === "state" && look) return this.#becameMine(data.conversation, look);
    else if (look) this.#hearLook(look, name, data);
    else if (name === "whisper" || name === "watchers") {
      this.#ways.conversation(data.conversation)?.beside.hear(name, data);
    } else return false;
    return true;
  }

  #hearLook(look, name, data) {
    if (name === "ended") this.#putAway(data.conversation);
    else if (name !== "typing") look.hear(name, data);
  }

  #of(name) {
    return this.#looks.get(name) ?? this.#open(name);
  }

  #open(name) {
    const section = copyOf(this.#root.querySelector("[data-look-template]"));
    section.dataset.look = name;
    section.querySelector("[data-heading]").id = `look-${name}`;
    section.setAttribute("aria-labelledby", `look-${name}`);
    const path = `conversations/${encodeURIComponent(name)}`;
    const post = (what, body, options) => this.#ways.post(`${path}/${what}`, body, options);
    const look = new DeskLook(section, { post, onGone: () => this.#putAway(name) });
    this.#looks.set(name, look);
    this.#root.querySelector("[data-conversations]").append(section);
    this.#ways.front.open(section);
    this.#ways.onOpen();
    return look;
  }

  // The answer to looking along comes before or after the event; both open it.
  #look({ conversation, messages, whispers }) {
    const look = this.#of(conversation);
    for (const message of messages) look.hear("message", message);
    for (const whisper of whispers) look.hear("whisper", whisper);
    this.#ways.front.goTo(look.root);
  }

  // What was read while looking along goes with it: the server does not tell it again.
  #becameMine(name, look) {
    this.#putAway(name);
    this.#ways.take({ conversation: name, ...look.heard });
    return false;
  }

  #putAway(name) {
    const look = this.#looks.get(name);
    if (!look) return;
    const hadFocus = look.root.contains(document.activeElement);
    this.#looks.delete(name);
    look.root.remove();
    this.#ways.front.close(look.root, hadFocus);
    this.#ways.onOpen();
  }

  // What ended while the line was down.
  #still(names) {
    for (const name of [...this.#looks.keys()]) if (!names.includes(name)) this.#putAway(name);
  }

  #told({ colleagues }) {
    this.#colleagues.show(colleagues);
    for (const conversation of this.#ways.conversations()) conversation.beside.offerTo(colleagues);
  }

  // A conversation that opens later is told as well.
  begin(conversation) {
    conversation.beside.offerTo(this.#colleagues.all);
    conversation.beside.made(this.#invitations.made);
  }

  clear() {
    this.#still([]);
    this.#offered({ offers: [], made: [] });
  }

  get looks() {
    return this.#looks.size;
  }

  #offered({ offers, made }) {
    this.#invitations.offer(offers, made);
    for (const conversation of this.#ways.conversations()) conversation.beside.made(made);
  }
}
