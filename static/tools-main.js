// Puts self-checks and plans to work.
import { whenThere } from "./behaviours.js";
import { Tool } from "./tool.js";

whenThere("[data-tool]", (form) => new Tool(form));
