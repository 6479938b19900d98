// The one time that everything on the page shows.

export class Clock {
  constructor(end) {
    this.end = end;
    this.time = 0;
    this.speed = 1;
    this.playing = false;
    this.listeners = [];
  }

  /** Calls `listener` now and whenever time or playing changes. */
  follow(listener) {
    this.listeners.push(listener);
    listener(this);
  }

  seek(time) {
    this.time = Math.min(this.end, Math.max(0, time));
    this.tell();
  }

  toggle() {
    if (this.playing) return this.pause();
    if (this.time >= this.end) this.time = 0;
    this.playing = true;
    let previous = performance.now();
    const step = (now) => {
      if (!this.playing) return;
      const elapsed = Math.max(0, now - previous) / 1000;
      previous = now;
      this.time = Math.min(this.end, this.time + elapsed * this.speed);
      if (this.time >= this.end) this.playing = false;
      this.tell();
      requestAnimationFrame(step);
    };
    requestAnimationFrame(step);
    this.tell();
  }

  pause() {
    this.playing = false;
    this.tell();
  }

  tell() {
    for (const listener of this.listeners) listener(this);
  }
}
