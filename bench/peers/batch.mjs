// Does together what comes while the last batch is under way.

/**
 * @template Item, Result
 * @param {number} max
 * @param {(items: Item[]) => Promise<Result>} work
 * @returns {(item: Item) => Promise<Result>}
 */
export function inBatches(max, work) {
  const waiting = []
  let running = 0

  async function run() {
    running++
    // What comes in the same tick shares the first batch.
    await Promise.resolve()
    while (waiting.length > 0) {
      const batch = waiting.splice(0, max)
      try {
        const result = await work(batch.map(({ item }) => item))
        for (const { resolve } of batch) resolve(result)
      } catch (error) {
        for (const { reject } of batch) reject(error)
      }
    }
    running--
  }

  return item =>
    new Promise((resolve, reject) => {
      waiting.push({ item, resolve, reject })
      if (running === 0) run()
    })
}
