import { counted } from '../account/numbers.ts'
import type { WorkSource } from '../slots.ts'
import type { Supervision } from '../supervision/supervise.ts'
import type { DatabasePlace } from '@harborage/example-kit/database-place'
import { bold, dim, green } from '@harborage/example-kit/style'

/** Returns the end of the report if every check passed. */
export function closingLines({ lives }: Supervision, place: DatabasePlace): string[] {
  const killed = lives.filter(({ end }) => end === 'killed').length
  const kills = killed === 0 ? '' : ` through ${counted(killed, 'kill')}`
  return [
    green(bold(`Nothing was lost and nothing was done twice${kills}.`)),
    ...(isPostgres(place)
      ? []
      : [dim('The same code runs on Postgres: add --dsn postgres://user@host/name')]),
    ...(place.temporary
      ? [dim('Look at what it made: add --dsn sqlite:./demo.db, and then run'), LOOK_AT_FILE]
      : lookLines(place)),
    '',
  ]
}

const LOOK_AT_FILE = dim(`  ${lookAt('sqlite:./demo.db')}`)

/** Returns how to look at what a database keeps, with the command of the repository. */
export function lookLines(place: DatabasePlace): string[] {
  return isPostgres(place)
    ? [dim('Look at what it made: set HARBORAGE_DATABASE to its DSN, and then run'), LOOK]
    : [dim('Look at what it made:'), dim(`  ${lookAt(place.shown)}`)]
}

const LOOK = dim('  npx -y pnpm@12 harborage ls')

function lookAt(dsn: string): string {
  return `npx -y pnpm@12 harborage ls --database ${quoted(dsn)}`
}

function isPostgres({ dsn }: DatabasePlace): boolean {
  return /^postgres(ql)?:/i.test(dsn)
}

/** Returns the end of the report after Ctrl-C. */
export function interruptedLines(source: WorkSource, database: string): string[] {
  return [
    bold('Stopped. What was saved stays saved.'),
    `Go on with: npx -y pnpm@12 demo --${source.type} ${quoted(source.path)} --dsn ${quoted(database)}`,
    '',
  ]
}

/** Returns the end of the report if one worker after the other failed without saving anything. */
export function gaveUpLines({ lives }: Supervision): string[] {
  const last = lives.at(-1)
  const reason =
    last?.end === 'hung' ? 'it went silent' : (last?.message ?? 'it ended without a word')
  return [`The work cannot go on: no worker makes progress any more. The last one: ${reason}.`]
}

function quoted(text: string): string {
  return /^[\w./:@-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`
}
