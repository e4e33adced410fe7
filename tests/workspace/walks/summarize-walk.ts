import { readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

import type { CalledFunction, LibraryName, LongestFunction, Passed, Walk } from './walk.ts'

/** The names of the packages that belong to a library. */
const packages: Readonly<Record<LibraryName, RegExp>> = {
  kysely: /^kysely$/,
  pg: /^(pg|pg-.+|pgpass|postgres-.+)$/,
  'better-sqlite3': /^(better-sqlite3|bindings)$/,
}

interface PlacedFunction extends CalledFunction {
  readonly path: string
}

/** Counts what a call passed in the packages of a checkout, and in the libraries that it uses. */
export function summarizeWalk(checkout: string, functions: readonly CalledFunction[]): Walk {
  const placed = functions
    .filter(({ url }) => url.startsWith('file:'))
    .map((called) => ({ ...called, path: fileURLToPath(called.url) }))
  const own = placed.filter(({ path }) => isOwnSource(checkout, path))
  return {
    own: countPassed(own),
    longest: longestOf(checkout, own),
    libraries: {
      kysely: countLibrary('kysely'),
      pg: countLibrary('pg'),
      'better-sqlite3': countLibrary('better-sqlite3'),
    },
  }

  function countLibrary(name: LibraryName): Passed {
    return countPassed(placed.filter(({ path }) => packages[name].test(packageOf(path) ?? '')))
  }
}

/** Returns whether a file is a source of the checkout's packages. */
export function isOwnSource(checkout: string, path: string): boolean {
  return path.startsWith(join(checkout, 'packages/')) && packageOf(path) === undefined
}

function countPassed(functions: readonly PlacedFunction[]): Passed {
  return {
    files: new Set(functions.map(({ path }) => path)).size,
    functions: functions.length,
    calls: functions.reduce((sum, { calls }) => sum + calls, 0),
  }
}

function longestOf(
  checkout: string,
  functions: readonly PlacedFunction[],
): LongestFunction | undefined {
  return functions
    .map(({ path, start, end }) => {
      const source = readFileSync(path, 'utf8')
      const lines = source.slice(start, end).split('\n').length
      const line = source.slice(0, start).split('\n').length
      return { lines, place: `${relative(checkout, path)}:${line}` }
    })
    .reduce<LongestFunction | undefined>(
      (longest, one) => (longest === undefined || one.lines > longest.lines ? one : longest),
      undefined,
    )
}

/** Returns the name of the installed package that a file is of. */
function packageOf(path: string): string | undefined {
  const [, scope, name] =
    /.*\/node_modules\/(@[^/]+\/)?([^/]+)\//.exec(path.replaceAll('\\', '/')) ?? []
  return name === undefined ? undefined : `${scope ?? ''}${name}`
}
