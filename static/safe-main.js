// Puts the page "safe on this site" to work.
import { whenThere } from "./behaviours.js";
import { OwnBrowser } from "./own-browser.js";

whenThere("[data-browsers]", (list) => new OwnBrowser(list));
