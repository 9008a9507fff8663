// Puts the office to work.
import { OfficeNow } from "./office-now.js";

export function attachOffice(root) {
  for (const place of root.querySelectorAll("[data-now]")) new OfficeNow(place);
}

attachOffice(document);
