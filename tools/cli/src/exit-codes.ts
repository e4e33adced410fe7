/** The exit codes of the command, by what they say. */
export const exitCodes = {
  done: 0,
  failed: 1,
  usage: 2,
  found: 3,
  absent: 4,
  incomplete: 5,
  busy: 6,
  interrupted: 130,
  unread: 141,
  terminated: 143,
} as const

/** The name of an exit code. */
export type Outcome = keyof typeof exitCodes

/** An exit code of the command. */
export type ExitCode = (typeof exitCodes)[Outcome]

/** What each exit code says, for the help. */
export const exitMeanings: Readonly<Record<Outcome, string>> = {
  done: 'Done, and nothing is wrong.',
  failed: 'Failed. The error says what to do.',
  usage: 'Wrong command, option or profile. Nothing was done.',
  found: 'Done, and something was found: pending migrations, problems, a difference.',
  absent: 'There is nothing under that name.',
  incomplete: 'Not complete: something remains. The same command goes on.',
  busy: 'Another process is at the same work.',
  interrupted: 'Interrupted by Ctrl-C. What remains was said.',
  unread: 'What it prints is no longer read, as by head.',
  terminated: 'Ended by SIGTERM. What remains was said.',
}
