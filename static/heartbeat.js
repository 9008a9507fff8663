// Tells the server that somebody sits at this desk: a laptop that was closed says nothing, and its
// visitors go to a colleague.
const BEAT_EVERY_MS = 15_000;

export class Heartbeat {
  constructor(beat) {
    setInterval(beat, BEAT_EVERY_MS);
    // A browser slows the timers of a page that nobody looks at.
    document.addEventListener("visibilitychange", () => document.hidden || beat());
    beat();
  }
}
