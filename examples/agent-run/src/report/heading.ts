import { counted } from '../account/numbers.ts'
import type { Manifest } from '../slots.ts'
import { printable, wrapped } from '@harborage/example-kit/columns'
import { bold, dim, yellow } from '@harborage/example-kit/style'

export interface Heading {
  readonly manifest: Manifest
  readonly database: string
  readonly kills: number
  readonly seed: number
  /** The number of steps that were done before this run. */
  readonly done: number
}

/** Returns the heading: what the run is going to do. */
export function headingLines({ manifest, database, kills, seed, done }: Heading): string[] {
  const { source, summary, sessions } = manifest
  const steps = sessions.reduce((sum, session) => sum + session.steps, 0)
  const work = source.type === 'folder' ? 'works through a folder' : 'replays a transcript'
  const fate = kills === 0 ? '' : ` while its process is killed ${counted(kills, 'time')}`
  const row = (name: string, value: string): string =>
    `  ${dim(name.padEnd(12))}${printable(value)}`
  return [
    '',
    `${bold('Harborage')}  an agent ${work}${fate}`,
    '',
    row(source.type, source.path),
    row('work', `${summary}: ${counted(sessions.length, 'session')}, ${counted(steps, 'step')}`),
    row('database', database),
    ...(kills === 0 ? [] : [row('seed', `${seed} (--seed ${seed} kills at the same steps again)`)]),
    ...(done === 0 ? [] : ['', ...wrapped(stateOf(done, steps)).map(yellow)]),
    '',
  ]
}

function stateOf(done: number, steps: number): string {
  return done === steps
    ? '  The database holds this run already, finished: it is only checked. Use --again to start over.'
    : `  The database holds a part of this run: ${done} of ${counted(steps, 'step')} are done.`
}
