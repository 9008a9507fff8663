// Puts a visitor's conversation to work, where somebody asks for one.
import { Chat } from "./chat.js";
import { chatsAreMadeBy } from "./chat-place.js";
import { MessageCards } from "./message-cards.js";

chatsAreMadeBy((root, onNews) => new Chat(root, onNews));
new MessageCards();
