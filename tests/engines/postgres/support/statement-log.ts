import { readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { PostgresServer } from '@harborage/test-kit/postgres/start-server'

/** Settings with which a server logs what each session asks of it. */
export const loggingSettings = {
  fsync: 'off',
  log_min_duration_statement: 0,
  log_line_prefix: '%a|%p|',
  log_parameter_max_length: 0,
}

/** One step of a statement, as the server logged it. */
export interface LoggedStep {
  readonly pid: string
  /** `statement` is the simple protocol: all of it in one. */
  readonly step: 'parse' | 'bind' | 'execute' | 'statement'
  /** The name of the prepared statement, or `<unnamed>`. */
  readonly name: string
  readonly sql: string
}

const line =
  /^harborage\|(\d+)\|LOG: {2}duration: [\d.]+ ms {2}(parse|bind|execute|statement) ?([^:]*): (.*)$/

/**
 * Resolves to what the sessions of harborage asked while the work was done. The server has logged a
 * statement before it sends the answer.
 */
export async function loggedDuring(
  server: PostgresServer,
  work: () => Promise<unknown>,
): Promise<LoggedStep[]> {
  const before = await logOf(server)
  await work()
  const after = await logOf(server)
  return after.slice(before.length).split('\n').flatMap(stepsOf)
}

/** Resolves to all that the server has logged. */
export function logOf(server: PostgresServer): Promise<string> {
  return readFile(join(dirname(server.dataDirectory), 'log'), 'utf8')
}

function stepsOf(text: string): LoggedStep[] {
  const [, pid, step, name, sql] = line.exec(text) ?? []
  if (pid === undefined || name === undefined || sql === undefined) return []
  return isStep(step) ? [{ pid, step, name, sql }] : []
}

function isStep(text: string | undefined): text is LoggedStep['step'] {
  return text === 'parse' || text === 'bind' || text === 'execute' || text === 'statement'
}
