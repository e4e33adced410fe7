import { createReadStream } from 'node:fs'
import { resolve } from 'node:path'
import { codeOf } from '@harborage/core/kit'
import { placeOptions } from '../arguments/global-options.ts'
import { identityOptions } from '../arguments/identity-options.ts'
import { CommandFailure, wrongUsage } from '../command-failure.ts'
import type { Command, CommandRun } from '../command.ts'
import { requireWholeCopy } from '../copying/copy-marker.ts'
import { sumOf } from '../exchange/export-format.ts'
import { loadExport, type Loaded } from '../exchange/load-export.ts'
import { readExport } from '../exchange/read-export.ts'
import { exitCodes } from '../exit-codes.ts'
import { Progress } from '../output/progress.ts'
import { printable } from '../output/printable.ts'
import { countOf } from '../output/quantities.ts'
import { openProfile } from '../places/open-profile.ts'
import { requireTables } from '../places/require-tables.ts'
import { Stopped } from '../stopped.ts'

/** Loads what `export` wrote, for a tenant. */
export const importCommand: Command = {
  name: 'import',
  summary: 'Import what harborage export wrote, for a tenant',
  description: [
    'Loads the records of an export for the tenant that --tenant names, which may be another one than they were exported from: users, sessions and runs keep their names. What is there already, with the same content, stays as it is; if a place holds something else, the command fails and says which line.',
    'A file is read twice: of one that is malformed or was cut off nothing is loaded. From a pipe what came before the fault is loaded, and it is said how much. After a fault, Ctrl-C or a crash, the same command goes on.',
  ],
  arguments: [
    { name: 'FILE', says: 'The file of an export. Default: the standard input.', isOptional: true },
  ],
  options: [...identityOptions.filter(({ name }) => name === 'tenant'), ...placeOptions],
  examples: [
    { says: 'For the same tenant', command: 'harborage import ann.jsonl -t acme -p staging' },
    {
      says: 'From a pipe, for another tenant',
      command: 'gunzip -c s1.jsonl.gz | harborage import -t acme-copy',
    },
  ],
  run: async (run) => {
    const [file] = run.arguments
    const tenantId = run.options.privateText('tenant')
    if (tenantId === undefined) {
      throw wrongUsage('it is not said for which tenant: pass --tenant with its name')
    }
    if (file === undefined && run.streams.stdin.isTTY === true) {
      throw wrongUsage('FILE is missing: name the file of an export, or use a pipe')
    }
    await using profile = await openProfile(await run.readProfile(), { access: 'write' })
    requireTables('the profile', profile, 'failed')
    await requireWholeCopy(profile.stores.state)
    const { stores } = profile
    const loaded: Loaded = { loaded: 0, unchanged: 0 }
    try {
      if (file === undefined) {
        await loadExport(run, run.streams.stdin, { stores, tenantId }, loaded)
      } else {
        const path = resolve(run.streams.cwd, file)
        const total = await checkFile(run, path)
        await loadExport(run, bytesOf(path), { stores, tenantId, total }, loaded)
      }
    } catch (error) {
      sayPart(run, loaded, error)
      throw error
    }
    await run.out.item('imported', { ...loaded }, () => {
      const { loaded: added, unchanged } = loaded
      const kept = unchanged === 0 ? '' : `, ${countOf(unchanged, 'record')} there already`
      return `${countOf(added, 'record')} imported${kept}`
    })
    return exitCodes.done
  },
}

/** Prints what is left of an import that fails. */
function sayPart({ out }: CommandRun, { loaded, unchanged }: Loaded, error: unknown): void {
  const part =
    loaded + unchanged === 0
      ? 'nothing was imported'
      : `${countOf(loaded, 'record')} imported, ${countOf(unchanged, 'record')} there already, and what follows is missing`
  out.note(error instanceof Stopped ? `stopped: ${part}. The same command goes on with it.` : part)
}

/** Reads a file to its end, without loading anything. Resolves to the number of its records. */
async function checkFile({ signal, streams }: CommandRun, path: string): Promise<number> {
  const progress = new Progress(streams.stderr, 'checking')
  const records = readExport(bytesOf(path))
  try {
    for (let count = 0; ; count += 1) {
      signal.throwIfAborted()
      const next = await records.next()
      if (next.done === true) return sumOf(next.value)
      progress.show(count)
    }
  } finally {
    progress.end()
    await records.return({})
  }
}

/** Yields the bytes of a file. */
async function* bytesOf(path: string): AsyncGenerator<Uint8Array, void> {
  try {
    yield* createReadStream(path)
  } catch (error) {
    const code = codeOf(error) ?? ''
    if (!/^E[A-Z]+$/.test(code)) throw error
    throw new CommandFailure('failed', `${printable(path)} cannot be read (${code})`)
  }
}
