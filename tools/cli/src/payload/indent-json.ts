/** How deep lines are indented. Deeper ones stay in this column, so that their size is bounded. */
const MAX_INDENT = 20

const WHITE_SPACE = ' \t\n\r'
const MARKS = `{}[],:${WHITE_SPACE}`
/** What ends a number, `true`, `false` or `null`. */
const END_OF_VALUE = /[\s{}[\],:"]/gu

/**
 * Returns an iterable over the lines of JSON, indented. It takes JSON of any depth, since it does
 * not recurse. The text has to be valid JSON.
 */
export function* indentJson(json: string): Iterable<string> {
  let line = ''
  let depth = 0
  let before = ''
  for (const token of tokensOf(json)) {
    const isClosing = token === '}' || token === ']'
    const isEmpty = isClosing && (before === '{' || before === '[')
    if (isClosing) depth -= 1
    const isBroken = before === '{' || before === '[' || before === ',' || isClosing
    if (isBroken && !isEmpty && before !== '') {
      yield line
      line = '  '.repeat(Math.min(depth, MAX_INDENT))
    }
    line += token === ':' ? ': ' : token
    if (token === '{' || token === '[') depth += 1
    before = token
  }
  yield line
}

/** Yields the strings, brackets, commas, colons and other values of JSON, without white space. */
function* tokensOf(json: string): Iterable<string> {
  for (let at = 0; at < json.length;) {
    const end = endOfToken(json, at)
    if (!WHITE_SPACE.includes(json.charAt(at))) yield json.slice(at, end)
    at = end
  }
}

/** Returns where a token ends. No pattern matches a whole token: a long one exceeds its stack. */
function endOfToken(json: string, start: number): number {
  const first = json.charAt(start)
  if (first === '"') return endOfString(json, start)
  if (MARKS.includes(first)) return start + 1
  END_OF_VALUE.lastIndex = start
  return END_OF_VALUE.exec(json)?.index ?? json.length
}

function endOfString(json: string, start: number): number {
  let quote = json.indexOf('"', start + 1)
  while (quote !== -1 && isEscaped(json, quote)) quote = json.indexOf('"', quote + 1)
  return quote === -1 ? json.length : quote + 1
}

/** Returns whether an odd number of backslashes is before a character of a string. */
function isEscaped(json: string, at: number): boolean {
  let first = at
  while (json.charAt(first - 1) === '\\') first -= 1
  return (at - first) % 2 === 1
}

/** Returns whether a text is JSON. It takes any depth. */
export function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}
