// Leaves the site at once. Works from the first paint: nothing here waits for the page or the network.
{
  const ESCAPES = { count: 2, withinMs: 1000 };
  const SHIFTS = { count: 3, withinMs: 5000 };

  const page = document.documentElement;
  const escapes = [];
  const shifts = [];
  let left = false;
  let shiftAlone = false;

  // Before the first paint, so that the describing title never reaches the browser's history.
  const neutralTitle = () => (document.title = page.dataset.title);

  const blank = () => {
    // Hidden too, because the browser may still be adding what it has not parsed yet.
    page.hidden = true;
    document.body?.replaceChildren();
    // What painting still waits for would never come: the page before would stay on the screen.
    document.querySelector("[rel=expect]")?.remove();
  };

  const leave = () => {
    left = true;
    blank();
    neutralTitle();
    // The chat ends itself here with a request that outlives the page and that nobody waits for.
    dispatchEvent(new Event("luwte:leave"));
    location.replace(page.dataset.exitUrl);
  };

  // By the events' own time: a busy page must not make two quick presses look slow.
  const enough = (times, { count, withinMs }, now) => {
    times.push(now);
    times.splice(0, times.length - count);
    return times.length === count && now - times[0] <= withinMs;
  };

  const swallow = (event) => {
    event.preventDefault();
    event.stopImmediatePropagation();
  };

  const composing = (event) => event.isComposing || event.keyCode === 229;

  const keyDown = (event) => {
    const escape = event.key === "Escape";
    // A further Esc would stop the browser from loading the page that it is leaving for.
    if (left) return escape && swallow(event);
    const withOthers = event.ctrlKey || event.altKey || event.metaKey;
    if (!event.repeat) shiftAlone = event.key === "Shift" && !withOthers && !composing(event);
    if (!escape || event.repeat || composing(event)) return;
    if (!enough(escapes, ESCAPES, event.timeStamp)) return;
    swallow(event);
    leave();
  };

  const keyUp = (event) => {
    if (left || event.key !== "Shift" || !shiftAlone || composing(event)) return;
    shiftAlone = false;
    if (enough(shifts, SHIFTS, event.timeStamp)) leave();
  };

  const click = (event) => {
    if (!event.target.closest?.("[data-exit]")) return;
    swallow(event);
    leave();
  };

  neutralTitle();
  addEventListener("keydown", keyDown, true);
  addEventListener("keyup", keyUp, true);
  addEventListener("pointerdown", () => (shiftAlone = false), true);
  addEventListener("click", click, true);
  // Nothing may ask "are you sure?" on the way out.
  addEventListener("beforeunload", (event) => left && event.stopImmediatePropagation(), true);
  // `no-store` does not keep a page without cookies out of the back-forward cache: whoever pressed
  // Back would see what was read here.
  addEventListener("pagehide", blank);
  addEventListener("pageshow", (event) => {
    if (event.persisted) left ? leave() : location.reload();
  });
}
