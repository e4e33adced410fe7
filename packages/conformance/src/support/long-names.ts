/** Returns a name of `bytes` bytes, of characters of one to four bytes, that ends in `ending`. */
export function longName(bytes: number, ending: string): string {
  const pattern = 'aé€😀'
  const room = bytes - Buffer.byteLength(ending)
  const whole = Math.floor(room / Buffer.byteLength(pattern))
  const rest = room - whole * Buffer.byteLength(pattern)
  return `${pattern.repeat(whole)}${'x'.repeat(rest)}${ending}`
}
