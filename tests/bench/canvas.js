// In the page: stands in for the event stream, so that the bench can speak, and counts frames and long tasks.
class Stream extends EventTarget {
  static CLOSED = 2;
  readyState = 1;
  constructor() {
    super();
    globalThis.bench.stream = this;
    setTimeout(() => this.onopen?.());
  }
  close() {
    this.readyState = Stream.CLOSED;
  }
}

globalThis.EventSource = Stream;
globalThis.bench = {
  stream: null,
  frames: 0,
  longest: 0,
  say(node) {
    this.stream.dispatchEvent(new MessageEvent("node", { data: JSON.stringify(node) }));
  },
  /** Every node begins to start, evenly within `ms`; the longest task (ms) until all of it is drawn. */
  async change(nodes, ms) {
    this.longest = 0;
    const progress = { step: "waiting for the page", steps_done: 1, steps_total: 3 };
    nodes.forEach((node, at) => setTimeout(() => this.say({ ...node, progress }), (at * ms) / nodes.length));
    await new Promise((done) => setTimeout(done, ms + 500));
    return this.longest;
  },
  began: 0,
  startCount() {
    this.frames = 0;
    this.began = performance.now();
  },
  /** Milliseconds per frame since the count was started. */
  perFrame() {
    return (performance.now() - this.began) / Math.max(1, this.frames);
  },
};

new PerformanceObserver((list) => {
  for (const task of list.getEntries()) bench.longest = Math.max(bench.longest, task.duration);
}).observe({ type: "longtask" });

requestAnimationFrame(function count() {
  bench.frames += 1;
  requestAnimationFrame(count);
});
