/** Returns a name of so many bytes, in characters of one to four bytes, that ends in this. */
export function longName(bytes: number, ending: string): string {
  const pattern = 'aé€😀'
  const room = bytes - Buffer.byteLength(ending)
  const whole = Math.floor(room / Buffer.byteLength(pattern))
  const rest = room - whole * Buffer.byteLength(pattern)
  return `${pattern.repeat(whole)}${'x'.repeat(rest)}${ending}`
}
