import { types } from 'node:util'

/** An object or array that is being written. */
interface Frame {
  readonly value: object
  readonly close: string
  readonly entries: Iterator<readonly [string | undefined, unknown]>
  isFirst: boolean
}

/**
 * Returns plain data as JSON: bytes as `{"base64": …}`, and what JSON does not have as text. It
 * takes data of any depth, since it does not recurse.
 */
export function writeJson(root: unknown): string {
  const parts: string[] = []
  const frames: Frame[] = []
  const inside = new Set<object>()
  const begin = (value: unknown): void => {
    const frame = frameOf(value)
    if (frame === undefined) {
      parts.push(scalar(value))
    } else if (inside.has(frame.value)) {
      parts.push('"[circular]"')
    } else {
      parts.push(Array.isArray(value) ? '[' : '{')
      inside.add(frame.value)
      frames.push(frame)
    }
  }
  begin(root)
  for (let frame = frames.at(-1); frame !== undefined; frame = frames.at(-1)) {
    const next = frame.entries.next()
    if (next.done === true) {
      parts.push(frame.close)
      inside.delete(frame.value)
      frames.pop()
      continue
    }
    const [key, value] = next.value
    parts.push(frame.isFirst ? '' : ',', key === undefined ? '' : `${JSON.stringify(key)}:`)
    frame.isFirst = false
    begin(value)
  }
  return parts.join('')
}

function frameOf(value: unknown): Frame | undefined {
  if (typeof value !== 'object' || value === null || types.isDate(value)) return undefined
  if (types.isUint8Array(value)) {
    const base64 = Buffer.from(value).toString('base64')
    return { value, close: '}', entries: [['base64', base64] as const].values(), isFirst: true }
  }
  if (Array.isArray(value)) return { value, close: ']', entries: itemsOf(value), isFirst: true }
  return { value, close: '}', entries: Object.entries(value).values(), isFirst: true }
}

function* itemsOf(items: readonly unknown[]): Generator<readonly [undefined, unknown], undefined> {
  for (const item of items) yield [undefined, item]
  return undefined
}

function scalar(value: unknown): string {
  if (value === undefined || value === null) return 'null'
  if (typeof value === 'bigint') return JSON.stringify(String(value))
  if (types.isDate(value)) return JSON.stringify(value)
  if (typeof value === 'number' && !Number.isFinite(value)) return JSON.stringify(String(value))
  return JSON.stringify(value) ?? 'null'
}
