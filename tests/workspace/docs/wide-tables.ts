/** How many columns of a terminal a row may take. */
const MOST_COLUMNS = 120

/** What a program writes has the width of its cells. */
const generated = /<!-- the table of faults begins -->.*?<!-- the table of faults ends -->/s

/** Returns the rows of a page's tables that do not fit a terminal, each with its line. */
export function wideRows(page: string, text: string): string[] {
  const blanked = text.replace(generated, (table) => table.replaceAll(/[^\n]/g, ''))
  return blanked.split('\n').flatMap((line, index) => {
    const columns = [...line].length
    if (!line.trimStart().startsWith('|') || columns <= MOST_COLUMNS) return []
    return [`${page}:${index + 1}: this row takes ${columns} columns: make a list of its sentences`]
  })
}
