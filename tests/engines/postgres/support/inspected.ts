import { inspect } from 'node:util'

/**
 * Returns everything that is visible of an error: message, stack, all properties and all causes.
 */
export function inspected(error: unknown): string {
  const shown = [inspect(error, { depth: 20, showHidden: true }), JSON.stringify(error)]
  for (let at: unknown = error; at instanceof Error; at = at.cause) {
    shown.push(at.message, at.stack ?? '', JSON.stringify(at))
  }
  return shown.join('\n')
}
