/**
 * `pnpm walks`: counts the files, functions and calls that one warm call of a store passes, by V8's
 * precise coverage, on this checkout or beside another revision.
 */
import { parseArgs } from 'node:util'

import { repositoryRoot } from '@harborage/test-kit/repository-root'

import { checkOutRevision } from '../../../bench/src/environment/other-revision.ts'
import { UsageError } from '../../../bench/src/usage-error.ts'
import { engineNames, librariesOf, openDatabases, type EngineName } from './databases.ts'
import { callNames, type CallName } from './measured-calls.ts'
import { countWalks, orderWalks } from './start-count.ts'
import { tableOfFunctions, tableOfWalks, type CountedBuild } from './tables.ts'

const help = `pnpm walks [--against REV] [--only <call>] [--engine <engine>] [--calls]

Counts what one warm call passes: ${callNames.join(', ')}.
  --against  another revision of the project first, and this checkout beside it
  --only     a call; can be given several times
  --engine   ${engineNames.join(' or ')}; otherwise both
  --calls    also lists the functions, in the order in which each is first called`

interface Checkout {
  readonly name: string
  readonly folder: string
}

interface Options {
  readonly calls: readonly CallName[]
  readonly engines: readonly EngineName[]
  readonly lists: boolean
  readonly against: string | undefined
}

const here: Checkout = { name: 'this checkout', folder: repositoryRoot }
const interruption = new AbortController()
for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => interruption.abort())

try {
  const options = readOptions()
  if (options === undefined) console.log(help)
  else await main(options)
} catch (error) {
  if (interruption.signal.aborted) process.exitCode = 130
  else if (error instanceof UsageError) {
    console.error(error.message)
    process.exitCode = 2
  } else throw error
}

async function main({ against, ...options }: Options): Promise<void> {
  if (against === undefined) return walkThrough([here], options)
  console.log(`Installing the packages of ${against} ...`)
  await using other = await checkOutRevision(against, interruption.signal)
  await walkThrough([{ name: other.commit, folder: other.folder }, here], options)
}

async function walkThrough(
  checkouts: readonly Checkout[],
  { calls, engines, lists }: Omit<Options, 'against'>,
): Promise<void> {
  const { signal } = interruption
  for (const engine of engines) {
    await using databases = await openDatabases(engine)
    const builds: CountedBuild[] = []
    for (const { name, folder } of checkouts) {
      builds.push({ name, walks: await countWalks(folder, await databases.create(), signal) })
    }
    const names = builds.map(({ name }) => name).join(' → ')
    const table = tableOfWalks(builds, calls, librariesOf[engine])
    console.log(`\n${engine}, ${names}; of libraries files/functions/calls\n\n${table}`)
    if (!lists) continue
    for (const { name, folder } of checkouts) {
      const walks = await orderWalks(folder, await databases.create(), signal)
      for (const call of calls) {
        console.log(`\n${call} on ${engine}, ${name}\n\n${tableOfFunctions(walks[call])}`)
      }
    }
  }
}

/** Returns undefined if help is asked for. */
function readOptions(): Options | undefined {
  const values = parse()
  if (values.help) return undefined
  return {
    calls: chosenOf(callNames, values.only, '--only'),
    engines: chosenOf(engineNames, values.engine, '--engine'),
    lists: values.calls,
    against: values.against,
  }
}

function parse() {
  try {
    return parseArgs({
      options: {
        against: { type: 'string' },
        only: { type: 'string', multiple: true, default: [] },
        engine: { type: 'string', multiple: true, default: [] },
        calls: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    }).values
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new UsageError(`${reason}\n\n${help}`, { cause })
  }
}

function chosenOf<Name extends string>(
  all: readonly Name[],
  asked: readonly string[],
  option: string,
): readonly Name[] {
  const unknown = asked.find((name) => !all.some((known) => known === name))
  if (unknown !== undefined) {
    throw new UsageError(`${option} ${unknown}: there are ${all.join(', ')}`)
  }
  return asked.length === 0 ? all : all.filter((name) => asked.includes(name))
}
