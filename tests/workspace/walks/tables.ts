import type { PassedFunction } from './call-order.ts'
import type { CountedWalks } from './count-process.ts'
import type { CallName } from './measured-calls.ts'
import type { LibraryName, Passed, Walk } from './walk.ts'

/** The walks of one or more builds, the oldest first. */
export interface CountedBuild {
  readonly name: string
  readonly walks: CountedWalks
}

const columns = ['call', 'files', 'functions', 'calls', 'longest function in lines']

/**
 * Returns a table in Markdown: a row for each call, and in each cell a figure for each build.
 *
 * @param libraries Those with a column of their own, for the files, functions and calls in them.
 */
export function tableOfWalks(
  builds: readonly CountedBuild[],
  calls: readonly CallName[],
  libraries: readonly LibraryName[],
): string {
  const rows = calls.map((call) => {
    const walks = builds.map((build) => build.walks[call])
    const cell = (figure: (walk: Walk) => number | string): string => walks.map(figure).join(' → ')
    return [
      call,
      cell(({ own }) => own.files),
      cell(({ own }) => own.functions),
      cell(({ own }) => own.calls),
      `${cell(({ longest }) => longest?.lines ?? 0)} (${walks.at(-1)?.longest?.place ?? 'none'})`,
      ...libraries.map((name) => cell((walk) => passedText(walk.libraries[name]))),
    ]
  })
  return markdown([[...columns, ...libraries], ...rows])
}

function passedText({ files, functions, calls }: Passed): string {
  return `${files}/${functions}/${calls}`
}

/** Returns a table in Markdown of the functions that one call passes, in order of first calls. */
export function tableOfFunctions(functions: readonly PassedFunction[]): string {
  return markdown([
    ['', 'function', 'calls', 'lines', 'place'],
    ...functions.map(({ name, calls, lines, place }, index) => [
      String(index + 1),
      name,
      String(calls),
      String(lines),
      place,
    ]),
  ])
}

function markdown([heading = [], ...rows]: readonly (readonly string[])[]): string {
  const widths = heading.map((_, column) =>
    Math.max(...[heading, ...rows].map((row) => row[column]?.length ?? 0)),
  )
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`
  return [line(heading), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join(
    '\n',
  )
}
