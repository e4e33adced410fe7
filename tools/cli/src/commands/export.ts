import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { codeOf } from '@harborage/core/kit'
import { placeOptions } from '../arguments/global-options.ts'
import { identityOptions, requireSelection } from '../arguments/identity-options.ts'
import { CommandFailure, wrongUsage } from '../command-failure.ts'
import type { Command, CommandRun } from '../command.ts'
import { requireWholeCopy } from '../copying/copy-marker.ts'
import { sumOf } from '../exchange/export-format.ts'
import { writeExport, type Exported } from '../exchange/write-export.ts'
import { exitCodes } from '../exit-codes.ts'
import { putOwnerOnly } from '../files/owner-only-file.ts'
import { printable } from '../output/printable.ts'
import { bytesText, countOf } from '../output/quantities.ts'
import { openProfile } from '../places/open-profile.ts'
import { requireTables } from '../places/require-tables.ts'
import { Stopped } from '../stopped.ts'

/** Writes everything of a tenant, a user, a session or a run as lines of JSON. */
export const exportCommand: Command = {
  name: 'export',
  summary: 'Export a tenant, a user, a session or a run as lines of JSON',
  description: [
    'Writes all slots, artifacts, conversations, passages and streams of it, with all that later calls depend on, for harborage import. The first line says the format and its version, each further one is a record, and the last one has counts and a digest, so that a file that was cut off is found. Bytes are in base64.',
    'With --out it writes a file that only you can read, which is there once it is whole. Else it writes to a pipe. What is changed meanwhile may be from before or after the change: stop the writers first.',
    'Exits 4 if there is nothing.',
  ],
  arguments: [],
  options: [
    ...identityOptions,
    { name: 'out', short: 'o', value: 'FILE', says: 'The file to write. Default: a pipe.' },
    { name: 'force', says: 'Replaces the file if there is one.' },
    ...placeOptions,
  ],
  examples: [
    { says: 'A user, into a file', command: 'harborage export -t acme -u ann --out ann.jsonl' },
    {
      says: 'A session, compressed',
      command: 'harborage export -t acme -u ann -s s1 | gzip > s1.jsonl.gz',
    },
  ],
  run: async (run) => {
    const { options, streams } = run
    const selection = requireSelection(options)
    const name = options.text('out')
    if (name === undefined && streams.stdout.isTTY === true) {
      throw wrongUsage(
        'a terminal is no place for an export: name a file with --out, or use a pipe',
      )
    }
    const path = name === undefined ? undefined : resolve(streams.cwd, name)
    const mayReplace = options.flag('force')
    if (path !== undefined && !mayReplace && existsSync(path)) throw exists(path)
    await using profile = await openProfile(await run.readProfile())
    requireTables('the profile', profile, 'absent')
    await requireWholeCopy(profile.stores.state)
    const exporting = (write: (chunk: Uint8Array) => Promise<void>): Promise<Exported> =>
      writeExport(run, profile, selection, write)
    try {
      const exported =
        path === undefined
          ? await exporting((chunk) => run.out.write(chunk))
          : await toFile(path, mayReplace, exporting)
      // A reader that ended got a part only.
      run.signal.throwIfAborted()
      await say(run, path, exported)
      if (sumOf(exported.records) > 0) return exitCodes.done
      run.out.note('there is nothing there')
      return exitCodes.absent
    } catch (error) {
      if (error instanceof Stopped && path !== undefined) {
        run.out.note('stopped: no file was written. The same command begins again.')
      }
      throw error
    }
  },
}

async function toFile(
  path: string,
  mayReplace: boolean,
  exporting: (write: (chunk: Uint8Array) => Promise<void>) => Promise<Exported>,
): Promise<Exported> {
  try {
    return await putOwnerOnly(path, mayReplace, (file) =>
      // Not `write`, which may write a part.
      exporting((chunk) => file.appendFile(chunk)),
    )
  } catch (error) {
    const code = codeOf(error) ?? ''
    if (code === 'EEXIST') throw exists(path)
    // A code of the file system, such as ENOSPC.
    if (!/^E[A-Z]+$/.test(code)) throw error
    throw new CommandFailure('failed', `${printable(path)} cannot be written (${code})`)
  }
}

function exists(path: string): CommandFailure {
  return wrongUsage(`${printable(path)} exists: name a new file, or replace it with --force`)
}

async function say(
  { out }: CommandRun,
  path: string | undefined,
  { records, bytes }: Exported,
): Promise<void> {
  const count = sumOf(records)
  const much = `${countOf(count, 'record')}, ${bytesText(bytes)}`
  if (path === undefined) out.note(`exported ${much}`)
  else {
    await out.item(
      'exported',
      { file: path, records, bytes },
      () => `exported ${much} to ${printable(path)}`,
    )
  }
}
