/** News that arrives one by one, handed on in batches: so that drawing it never takes the page from the person at it. */

/** The first news waits so long (ms) for more. */
const GATHER = 50;
/** So many are drawn at once; the rest waits its turn. */
const MOST = 30;
/** The page rests so many times as long as the last drawing took. */
const REST = 4;

export type Gathering<T> = { add: (news: T) => void; drop: (isUnwanted: (news: T) => boolean) => void; stop: () => void };

export function gather<T>(draw: (batch: T[]) => void): Gathering<T> {
  let waiting: T[] = [];
  let timer: ReturnType<typeof setTimeout> | undefined;

  function next() {
    const began = performance.now();
    draw(waiting.splice(0, MOST));
    timer = undefined;
    if (!waiting.length) return;
    // What follows is counted, too: a task behind this one runs once all of it was drawn.
    timer = setTimeout(() => (timer = setTimeout(next, Math.max(0, (performance.now() - began) * (REST - 1)))));
  }

  return {
    add(news) {
      waiting.push(news);
      timer ??= setTimeout(next, GATHER);
    },
    drop(isUnwanted) {
      waiting = waiting.filter((news) => !isUnwanted(news));
    },
    stop() {
      clearTimeout(timer);
      waiting = [];
    },
  };
}
