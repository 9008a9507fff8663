// Puts the desk to work.
import { Desk } from "./desk.js";
import { DeskOutside } from "./desk-outside.js";
import { MessageCards } from "./message-cards.js";
import { PasskeyAdd } from "./passkey-add.js";
import { PasskeySignIn } from "./passkey-sign-in.js";

export function attach(root) {
  for (const place of root.querySelectorAll("[data-desk]")) new Desk(place);
  for (const form of root.querySelectorAll("[data-passkey-add]")) new PasskeyAdd(form);
  for (const place of root.querySelectorAll("[data-passkey-sign-in]")) new PasskeySignIn(place);
}

attach(document);
for (const dialog of document.querySelectorAll("[data-outside-warning]")) new DeskOutside(dialog);
new MessageCards();
