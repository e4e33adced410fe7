import { placeOptions } from '../arguments/global-options.ts'
import { identityOptions, selectionOf } from '../arguments/identity-options.ts'
import type { Command } from '../command.ts'
import { exitCodes } from '../exit-codes.ts'
import type { Output } from '../output/output.ts'
import { printable } from '../output/printable.ts'
import { bytesText, countText } from '../output/quantities.ts'
import { openProfile } from '../places/open-profile.ts'
import { requireTables } from '../places/require-tables.ts'
import { usageGroups, type UsageGroup, type UsageRow } from '../places/read-usage.ts'
import { usageOfPlace } from '../places/usage-of-place.ts'

/** Shows who and what takes how much room. */
export const usage: Command = {
  name: 'usage',
  summary: 'Show how much tenants, users, kinds and stores take',
  description: [
    'Adds up the records and the bytes of their content, the largest first. A kind is that of slots and streams up to its first slash, and the namespace of artifacts. The sizes are those of the content, without names and indexes; harborage status has the size of the whole database.',
    'It reads every row of what it adds up, without their content. What has expired is added until harborage prune removes it. Exits 4 if a place has no tables.',
  ],
  arguments: [],
  options: [
    { name: 'by', value: 'GROUP', says: 'One of store, tenant, user and kind. Default: store.' },
    { name: 'limit', value: 'N', says: 'Only the N largest. Default: all.' },
    ...identityOptions,
    ...placeOptions,
  ],
  examples: [
    { says: 'Which tenants are the largest', command: 'harborage usage --by tenant --limit 10' },
    { says: 'What a tenant keeps', command: 'harborage usage --by kind --tenant acme' },
  ],
  run: async (run) => {
    const { options, out } = run
    const by = options.choice('by', usageGroups, 'store')
    const selection = selectionOf(options)
    const limit = options.count('limit') ?? Number.POSITIVE_INFINITY
    await using profile = await openProfile(await run.readProfile())
    requireTables('the profile', profile, 'absent')
    const rows: UsageRow[] = []
    for (const place of profile.places) {
      run.signal.throwIfAborted()
      rows.push(...(await usageOfPlace(place, by, selection)))
    }
    const groups = addUp(rows, by)
    await printUsage(out, groups.slice(0, limit), by)
    if (groups.length === 0) out.note('there is nothing there')
    return exitCodes.done
  },
}

/** How much is in one group, in all stores. */
interface UsageTotal {
  readonly name: string
  readonly fields: Readonly<Record<string, string>>
  readonly records: number
  readonly bytes: number
}

function addUp(rows: readonly UsageRow[], by: UsageGroup): readonly UsageTotal[] {
  const totals = new Map<string, UsageTotal>()
  for (const row of rows) {
    const { name, fields } = groupOf(row, by)
    const key = JSON.stringify(fields)
    const { records, bytes } = totals.get(key) ?? { records: 0, bytes: 0 }
    const added = { records: records + row.records, bytes: bytes + row.bytes }
    totals.set(key, { name, fields, ...added })
  }
  return [...totals.values()].toSorted(
    (left, right) => right.bytes - left.bytes || (left.name < right.name ? -1 : 1),
  )
}

function groupOf(row: UsageRow, by: UsageGroup): Pick<UsageTotal, 'name' | 'fields'> {
  const { store, tenantId, userId, kind } = row
  switch (by) {
    case 'store':
      return { name: store, fields: { store } }
    case 'tenant':
      return { name: tenantId, fields: { tenantId } }
    case 'user':
      return {
        name: userId === '' ? `${tenantId} itself` : `${tenantId} / ${userId}`,
        fields: { tenantId, userId },
      }
    case 'kind':
      return { name: `${store}  ${kind}`, fields: { store, kind } }
  }
}

const MAX_BAR = 24

async function printUsage(
  out: Output,
  totals: readonly UsageTotal[],
  by: UsageGroup,
): Promise<void> {
  const largest = Math.max(1, ...totals.map(({ bytes }) => bytes))
  const barWidth = out.isTerminal ? Math.max(4, Math.min(MAX_BAR, out.width - 56)) : 0
  await out.line(out.style('dim', `${'bytes'.padStart(9)}  ${'records'.padStart(12)}  ${by}`))
  for (const { name, fields, records, bytes } of totals) {
    await out.item('usage', { ...fields, records, bytes }, () => {
      const bar = barOf(bytes / largest, barWidth)
      const shown = barWidth === 0 ? '' : `${out.style('cyan', bar.padEnd(barWidth))}  `
      return `${bytesText(bytes).padStart(9)}  ${countText(records).padStart(12)}  ${shown}${printable(name)}`
    })
  }
}

/** Returns a bar of a share of the width, in eighths of a column. */
function barOf(share: number, width: number): string {
  const eighths = Math.round(share * width * 8)
  const rest = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'][eighths % 8] ?? ''
  return '█'.repeat(Math.floor(eighths / 8)) + rest
}
