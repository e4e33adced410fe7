import type { OptionSpec } from '../command.ts'

const configOption: OptionSpec = {
  name: 'config',
  short: 'c',
  value: 'FILE',
  says: 'The configuration file. Default: harborage.config.json here or in a folder above. Or HARBORAGE_CONFIG.',
}

const unpreparedOption: OptionSpec = {
  name: 'no-prepared-statements',
  says: 'For a pooler that cannot share named statements, as PgBouncer before 1.21. Or HARBORAGE_PREPARED_STATEMENTS=false.',
}

/** The options of a command that is about two profiles. They are about both. */
export const pairOptions: readonly OptionSpec[] = [configOption, unpreparedOption]

/** The options that name the places of the stores. */
export const placeOptions: readonly OptionSpec[] = [
  {
    name: 'profile',
    short: 'p',
    value: 'NAME',
    says: 'The profile of the configuration file. Or HARBORAGE_PROFILE.',
  },
  configOption,
  {
    name: 'database',
    value: 'DSN',
    says: 'The database of the stores, such as sqlite:./agent.db. One with a password belongs in HARBORAGE_DATABASE.',
  },
  {
    name: 'schema',
    value: 'NAME',
    says: 'The schema of the tables on Postgres. Or HARBORAGE_SCHEMA.',
  },
  unpreparedOption,
  {
    name: 'artifacts',
    value: 'DSN',
    says: 'Where artifacts are, such as fs:./artifacts. Default: the database. Or HARBORAGE_ARTIFACTS.',
  },
]

/** The options of every command. */
export const globalOptions: readonly OptionSpec[] = [
  { name: 'json', says: 'Prints one JSON object a line, each with "v": 1 and a "type".' },
  { name: 'no-color', says: 'Prints without colors. So does NO_COLOR, and no terminal.' },
  { name: 'help', short: 'h', says: 'Prints the help of the command.' },
]
