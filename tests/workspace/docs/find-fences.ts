/** A fenced block of a page in Markdown. */
export interface Fence {
  /** The file it is in, from the root of the workspace. */
  readonly path: string
  /** The line of its opening fence; the code begins on the next one. */
  readonly line: number
  readonly language: string
  /** What else is on the line of the opening fence. */
  readonly words: readonly string[]
  readonly code: string
}

const opening = /^(\s*)(`{3,}|~{3,})\s*(.*)$/

/**
 * Returns the fenced blocks of a page.
 *
 * @throws An error with file and line if one of them is never closed.
 */
export function findFences(path: string, lines: readonly string[]): Fence[] {
  const fences: Fence[] = []
  for (let index = 0; index < lines.length; index += 1) {
    const [, indent = '', mark = '', info = ''] = opening.exec(lines[index] ?? '') ?? []
    if (mark === '') continue
    const end = lines.findIndex((line, at) => at > index && line.trim() === mark)
    if (end === -1) throw new Error(`${path}:${index + 1}: this fence is never closed`)
    const [language = '', ...words] = info.split(/\s+/)
    const code = lines.slice(index + 1, end).map((line) => line.slice(indent.length))
    fences.push({ path, line: index + 1, language, words, code: code.join('\n') })
    index = end
  }
  return fences
}
