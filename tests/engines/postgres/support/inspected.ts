import { inspect } from 'node:util'

/** All that a person could ever see of an error: message, stack, every property and every cause. */
export function inspected(error: unknown): string {
  const shown = [inspect(error, { depth: 20, showHidden: true }), JSON.stringify(error)]
  for (let at: unknown = error; at instanceof Error; at = at.cause) {
    shown.push(at.message, at.stack ?? '', JSON.stringify(at))
  }
  return shown.join('\n')
}
