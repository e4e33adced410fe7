import { hash } from 'node:crypto'

/** Returns a name of `bytes` bytes, of characters of one to four bytes, that ends in `ending`. */
export function longName(bytes: number, ending: string): string {
  const pattern = 'aé€😀'
  const room = bytes - Buffer.byteLength(ending)
  const whole = Math.floor(room / Buffer.byteLength(pattern))
  const rest = room - whole * Buffer.byteLength(pattern)
  return `${pattern.repeat(whole)}${'x'.repeat(rest)}${ending}`
}

/**
 * Returns a name of `bytes` bytes that ends in `ending`. No index can compress it, as Postgres does
 * with other long names.
 */
export function incompressibleName(bytes: number, ending: string): string {
  const room = bytes - Buffer.byteLength(ending)
  let name = ''
  while (name.length < room) name += hash('sha256', `${name.length}`, 'base64url')
  return `${name.slice(0, room)}${ending}`
}
