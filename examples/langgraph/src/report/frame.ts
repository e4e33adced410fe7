import type { DatabasePlace } from '@harborage/example-kit/database-place'
import { printable } from '@harborage/example-kit/columns'
import { bold, dim, green } from '@harborage/example-kit/style'

const COMMAND = 'npx -y pnpm@12 example langgraph'

/** Returns the heading: what is going to happen, and where. */
export function headingLines({ shown }: DatabasePlace, threadId: string): string[] {
  return [
    '',
    `${bold('Harborage')}  a LangGraph agent is killed, asked, resumed and forked`,
    '',
    row('agent', 'a model that calls tools; rules take its place here: no key'),
    row('thread', threadId),
    row('database', shown),
  ]
}

/** Returns the end of the report if all went well: where the data lies, and how to go on. */
export function closingLines({ dsn, shown }: DatabasePlace): string[] {
  return [
    '',
    green(bold('Four processes, one thread: nothing that was done was done again.')),
    '',
    row('the data', shown),
    row('look again', `${COMMAND} --history --dsn ${quoted(shown)}`),
    row('once more', `${COMMAND} --dsn ${quoted(shown)}`),
    ...(/^postgres(ql)?:/i.test(dsn)
      ? []
      : [row('on Postgres', `${COMMAND} --dsn postgres://user@host/name`)]),
    row('the code', 'examples/langgraph/src/agent: graph.ts and open-saver.ts'),
    '',
  ]
}

/** Returns the end of the report after Ctrl-C. */
export function stoppedLines({ shown }: DatabasePlace): string[] {
  return [
    '',
    bold('Stopped. What was saved stays saved.'),
    row('look at it', `${COMMAND} --history --dsn ${quoted(shown)}`),
    '',
  ]
}

function row(name: string, value: string): string {
  return `  ${dim(name.padEnd(12))}${printable(value)}`
}

function quoted(text: string): string {
  return /^[\w./:@-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`
}
