/** How many columns of a terminal a row may take. */
const MOST_COLUMNS = 120

/** Returns the rows of a page's tables that do not fit a terminal, each with its line. */
export function wideRows(page: string, text: string): string[] {
  return text.split('\n').flatMap((line, index) => {
    const columns = [...line].length
    if (!line.trimStart().startsWith('|') || columns <= MOST_COLUMNS) return []
    return [`${page}:${index + 1}: this row takes ${columns} columns: make a list of its sentences`]
  })
}
