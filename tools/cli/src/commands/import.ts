import { resolve } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { placeOptions } from '../arguments/global-options.ts'
import { identityOptions, requireTenant } from '../arguments/identity-options.ts'
import { wrongUsage } from '../command-failure.ts'
import type { Command, CommandRun } from '../command.ts'
import { requireWholeCopy } from '../copying/copy-marker.ts'
import { sumOf } from '../exchange/export-format.ts'
import { inputAt, inputOf, type ExportInput } from '../exchange/export-input.ts'
import { loadExport, type LinesOfFile, type Loaded } from '../exchange/load-export.ts'
import { readExport } from '../exchange/read-export.ts'
import { exitCodes } from '../exit-codes.ts'
import { Progress } from '../output/progress.ts'
import { countOf } from '../output/quantities.ts'
import { openProfile } from '../places/open-profile.ts'
import { requireTables } from '../places/require-tables.ts'
import { Stopped } from '../stopped.ts'

/** How long a signal may come after the end of a pipe whose writer it ended, in milliseconds. */
const SIGNAL_MS = 50

/** Loads what `export` wrote, for a tenant. */
export const importCommand: Command = {
  name: 'import',
  summary: 'Import what harborage export wrote, for a tenant',
  description: [
    'Loads the records of an export for the tenant that --tenant names, which may be another one than they were exported from: users, sessions and runs keep their names. What is there already, with the same content, stays as it is; if a place holds something else, the command fails and says which line.',
    'Content is not changed: a reference to an artifact (ArtifactRef) that is kept in a slot, a turn, a passage or an entry still names the tenant of the source.',
    'A file is read twice: of one that was cut off, or whose lines, counts or digest are wrong, nothing is loaded. What a store refuses, such as a place that is in use, is found when it is loaded. A pipe is read once: what came before the fault may be loaded. It is said how much was. After a fault, Ctrl-C or a crash, the same command goes on.',
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
    const tenantId = requireTenant(run.options)
    if (file === undefined && run.streams.stdin.isTTY === true) {
      throw wrongUsage('FILE is missing: name the file of an export, or use a pipe')
    }
    await using profile = await openProfile(await run.readProfile(), { access: 'write' })
    requireTables('the profile', profile, 'failed')
    await requireWholeCopy(profile.stores.state)
    const { stores } = profile
    const made: Loaded = { loaded: 0, unchanged: 0, begun: undefined }
    try {
      const input =
        file === undefined
          ? inputOf(run.streams.stdin, run.signal)
          : await inputAt(resolve(run.streams.cwd, file), run.signal)
      const total = input.isFile ? await checkFile(run, input) : undefined
      await loadExport(run, input.bytes(), { stores, tenantId, total }, made)
    } catch (error) {
      const cause = await causeOf(error, run.signal)
      sayPart(run, made, cause)
      throw cause
    }
    const { loaded, unchanged } = made
    await run.out.item('imported', { loaded, unchanged }, () => {
      const kept = unchanged === 0 ? '' : `, ${countOf(unchanged, 'record')} there already`
      return `${countOf(loaded, 'record')} imported${kept}`
    })
    return exitCodes.done
  },
}

/**
 * Resolves to why an import failed. Ctrl-C ends the program that writes to a pipe, too, and the end
 * of the pipe may be seen first.
 */
async function causeOf(error: unknown, signal: AbortSignal): Promise<unknown> {
  // It rejects once the signal is aborted.
  await setTimeout(SIGNAL_MS, undefined, { signal }).catch(() => {})
  return signal.aborted ? signal.reason : error
}

/** Prints what is left of an import that fails. */
function sayPart({ out }: CommandRun, made: Loaded, error: unknown): void {
  const part = partOf(made)
  out.note(error instanceof Stopped ? `stopped: ${part}. The same command goes on with it.` : part)
}

function partOf({ loaded, unchanged, begun }: Loaded): string {
  if (begun === undefined && loaded + unchanged === 0) return 'nothing was imported'
  const counts = `${countOf(loaded, 'record')} imported, ${countOf(unchanged, 'record')} there already`
  return begun === undefined
    ? `${counts}, and what follows is missing`
    : `at least ${counts}; of ${linesText(begun)} some may be imported, and what follows is missing`
}

function linesText({ first, last }: LinesOfFile): string {
  return first === last ? `line ${first}` : `the lines ${first} to ${last}`
}

/** Reads a file to its end, without loading anything. Resolves to the number of its records. */
async function checkFile({ signal, streams }: CommandRun, input: ExportInput): Promise<number> {
  const progress = new Progress(streams.stderr, 'checking')
  const records = readExport(input.bytes())
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
