// Keeps the token of a conversation in this tab, only when the visitor asked for it: a token in memory
// is forgotten with the page. Looking leaves nothing on the device (measured); keeping does.

// Says nothing to whoever finds it.
const KEPT_AS = "p";

export class KeptToken {
  // "" when nothing was kept, or when this browser keeps nothing.
  get token() {
    return tabStore()?.getItem(KEPT_AS) ?? "";
  }

  // Answers whether this browser does it.
  keep(token) {
    try {
      tabStore().setItem(KEPT_AS, token);
      return true;
    } catch {
      return false;
    }
  }

  // Removing what is not there would leave a first trace.
  forget() {
    if (this.token) tabStore().removeItem(KEPT_AS);
  }
}

// Where a browser is told to refuse all cookies, even asking for the store fails.
function tabStore() {
  try {
    return sessionStorage;
  } catch {
    return null;
  }
}
