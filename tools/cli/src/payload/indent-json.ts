/** How deep lines are indented. Deeper ones stay in this column, so that their size is bounded. */
const MAX_INDENT = 20

/** Splits JSON into strings, brackets, commas, colons and other values, without white space. */
const TOKENS = /"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+/gsu

/**
 * Returns an iterable over the lines of JSON, indented. It takes JSON of any depth, since it does
 * not recurse. The text has to be valid JSON.
 */
export function* indentJson(json: string): Iterable<string> {
  let line = ''
  let depth = 0
  let before = ''
  for (const [token] of json.matchAll(TOKENS)) {
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

/** Returns whether a text is JSON. It takes any depth. */
export function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}
