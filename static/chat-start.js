// The form that asks for a chat: sends it without leaving the page, and says what is wrong beside the field.
import { NO_ANSWER, call } from "./call.js";
import { clearFaults, showFault } from "./form-faults.js";
import { newKey } from "./new-key.js";
import { fill, show } from "./parts.js";
import { proofOf } from "./proof.js";

const MOST_PROOFS = 2;

export class ChatStart {
  #form;
  #refusal;
  #ready;
  #onStarted;
  #busy = false;

  // `refusal` is the part that says why no chat is possible now. ready() answers whether a chat can be shown;
  // onStarted(answer, asked).
  constructor(form, refusal, { ready, onStarted }) {
    this.#form = form;
    this.#refusal = refusal;
    this.#ready = ready;
    this.#onStarted = onStarted;
    form.addEventListener("submit", (event) => this.#submit(event));
    form.addEventListener("change", () => this.#showDanger());
    this.#showDanger();
  }

  // 112 stands there the moment that "yes" is chosen, not after the form was sent.
  #showDanger() {
    show(this.#form, "danger", this.#form.elements.danger.value);
  }

  async #submit(event) {
    event.preventDefault();
    if (this.#busy) return;
    this.#setBusy(true);
    this.#refusal.hidden = true;
    clearFaults(this.#form);
    const asked = Object.fromEntries(new FormData(this.#form));
    // Nobody may wait in a row that they do not see.
    const { status, data } = (await this.#ready()) ? await this.#ask(asked) : NO_ANSWER;
    this.#setBusy(false);
    if (status === 200 || status === 201) this.#started(data, asked);
    // Where another choice would help (a region that is closed), it is said beside that choice.
    else if (status < 400 || (data.reason && !data.field) || !showFault(this.#form, data)) this.#showRefusal(data);
  }

  // While very many ask, some work has to be done first. Asked again under the same key, it is one chat.
  async #ask(asked) {
    let answer = await call(this.#form.action, { body: asked });
    for (let proofs = 0; answer.data.reason === "proof" && proofs < MOST_PROOFS; proofs += 1) {
      show(this.#form, "starting", "proof");
      const altcha = await proofOf(answer.data.challenge);
      answer = await call(this.#form.action, { body: { ...asked, altcha } });
    }
    return answer;
  }

  #started(answer, asked) {
    this.#form.reset();
    this.#showDanger();
    // Another chat is another conversation.
    this.#form.elements.key.value = newKey();
    this.#onStarted(answer, asked);
  }

  #setBusy(busy) {
    this.#busy = busy;
    this.#form.setAttribute("aria-busy", busy);
    show(this.#form, "starting", busy ? "yes" : "no");
  }

  // A refusal of our own carries its sentence; anything else means that we were not reached.
  #showRefusal({ reason, error }) {
    this.#refusal.hidden = false;
    fill(this.#refusal, { sentence: error });
    show(this.#refusal, "refused", reason && error ? reason : "offline");
    this.#refusal.focus();
  }
}
