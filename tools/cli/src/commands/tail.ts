import type { Owner } from '@harborage/core'
import type { JournalStore } from '@harborage/journal'
import { placeOptions } from '../arguments/global-options.ts'
import { identityOptions, ownerOf, requireSelection } from '../arguments/identity-options.ts'
import { CommandFailure } from '../command-failure.ts'
import type { Command, CommandRun } from '../command.ts'
import { exitCodes } from '../exit-codes.ts'
import { loadInspectors, type Inspectors } from '../payload/inspectors.ts'
import { openProfile } from '../places/open-profile.ts'
import { newestEntries } from '../showing/newest-entries.ts'
import { printEntry } from '../showing/show-stream.ts'

const DEFAULT_LINES = 10

/** Follows a stream. */
export const tail: Command = {
  name: 'tail',
  summary: 'Follow a stream of the journal',
  description: [
    'Shows the newest entries of a stream and then each one that is appended, by any process, until Ctrl-C. A stream that does not exist yet is waited for.',
  ],
  arguments: [{ name: 'STREAM', says: 'The name of the stream.' }],
  options: [
    ...identityOptions,
    {
      name: 'lines',
      short: 'n',
      value: 'N',
      says: 'The number of entries to begin with. Default: 10.',
    },
    { name: 'no-follow', says: 'Ends after them. Exits 4 if there is no such stream.' },
    { name: 'all', says: 'All of long content, also on a terminal.' },
    ...placeOptions,
  ],
  examples: [
    { says: 'What a run does', command: 'harborage tail events -t acme -u ann -s s1 -r r1' },
    {
      says: 'Its last 100 events for a script',
      command: 'harborage tail events -t acme -u ann -s s1 -r r1 -n 100 --no-follow --json',
    },
  ],
  run: async (run) => {
    const [stream = ''] = run.arguments
    const owner = ownerOf(requireSelection(run.options))
    const limit = run.options.count('lines') ?? DEFAULT_LINES
    await using profile = await openProfile(await run.readProfile())
    const { journal } = profile.stores
    if (journal === undefined) {
      throw new CommandFailure('absent', 'there is no journal yet: harborage migrate makes it')
    }
    const inspectors = await loadInspectors(run)
    await tailStream(run, { journal, owner, stream, limit, inspectors })
    return exitCodes.done
  },
}

interface Tailed {
  readonly journal: JournalStore
  readonly owner: Owner
  readonly stream: string
  readonly limit: number
  readonly inspectors: Inspectors
}

async function tailStream(run: CommandRun, tailed: Tailed): Promise<void> {
  const { journal, owner, stream, inspectors } = tailed
  const { signal } = run
  const head = await journal.head(owner, stream, { signal })
  let position = 0
  for await (const entry of head === undefined ? [] : newestEntries(journal, tailed)) {
    signal.throwIfAborted()
    await printEntry(run, { stream, entry, inspectors })
    position = entry.position
  }
  if (run.options.flag('no-follow')) {
    if (head !== undefined) return
    throw new CommandFailure('absent', 'there is no such stream: harborage ls lists what there is')
  }
  const from = head && { generation: head.generation, position: Math.max(position, head.position) }
  const options = { signal, ...(from !== undefined && { after: from }) }
  for await (const followed of journal.follow(owner, stream, options)) {
    if ('replacedAfter' in followed) {
      const { position: at, replacedAfter } = followed
      await run.out.item('replacement', { position: at, replacedAfter }, () =>
        run.out.style('yellow', `${at}  what came after ${replacedAfter} is replaced`),
      )
    } else {
      await printEntry(run, { stream, entry: followed, inspectors })
    }
  }
}
