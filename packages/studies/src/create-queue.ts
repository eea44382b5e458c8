/** Makes what runs what it is given one after the other, whatever comes of it, and says how much is under way. */
export function createQueue() {
  let queue: Promise<unknown> = Promise.resolve();
  let pending = 0;
  const run = <T>(work: () => Promise<T>): Promise<T> => {
    pending++;
    const done = queue.then(work).finally(() => {
      pending--;
    });
    queue = done.catch(() => {});
    return done;
  };
  return Object.assign(run, { pending: () => pending });
}
