import { CONFIG_FILE } from '../profile/config-file.ts'

/** A page of the help that is about no command. */
export interface HelpTopic {
  readonly name: string
  /** What it says, in a few words. */
  readonly summary: string
  /** Its paragraphs. One that begins with a brace is an example. */
  readonly paragraphs: readonly string[]
}

const exampleConfig = {
  profiles: {
    default: { database: 'sqlite:./agent.db' },
    production: {
      database: { env: 'DATABASE_URL' },
      schema: 'agents',
      artifacts: 'fs:/srv/artifacts',
      journal: { database: { env: 'JOURNAL_URL' }, schema: 'events' },
      memory: false,
    },
  },
}

/** The pages of the help that are about no command. */
export const topics: readonly HelpTopic[] = [
  {
    name: 'profiles',
    summary: 'Say once where the stores are',
    paragraphs: [
      `A profile says where each store is. It is in ${CONFIG_FILE}, in this folder or one above:`,
      JSON.stringify(exampleConfig, null, 2),
      'database is that of all stores that have none of their own. A DSN is written as it is, or as { "env": "NAME" } if the variable NAME has it. Relative paths are read from the folder of the file. A store may have a database and a schema of its own, and false says that there is no such store.',
      'Behind a pooler that cannot share named statements, such as PgBouncer before 1.21 in transaction mode, a profile or a store says "preparedStatements": false.',
      'The profile is that of --profile or HARBORAGE_PROFILE, else the one called default, else the only one. --database, --schema, --no-prepared-statements and --artifacts, or HARBORAGE_DATABASE, HARBORAGE_SCHEMA, HARBORAGE_PREPARED_STATEMENTS and HARBORAGE_ARTIFACTS, come before the file. An option comes before a variable.',
      'No DSN is ever printed. One with a password is refused on the command line, since other users of the machine can see it there.',
    ],
  },
]
