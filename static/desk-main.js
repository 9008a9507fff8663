// Puts the desk to work.
import { Desk } from "./desk.js";

export function attach(root) {
  for (const place of root.querySelectorAll("[data-desk]")) new Desk(place);
}

attach(document);
