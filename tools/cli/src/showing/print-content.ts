import type { InspectedContent } from '@harborage/core'
import type { CommandRun } from '../command.ts'
import { printable } from '../output/printable.ts'
import { jsonLines, payloadLines } from '../payload/payload-lines.ts'
import { printLines } from '../payload/print-lines.ts'
import { writeJson } from '../payload/write-json.ts'

/** Prints what bytes say: as an adapter decoded them, or as they are. */
export async function printContent(
  { out, options, signal }: CommandRun,
  bytes: Uint8Array,
  content: InspectedContent | undefined,
): Promise<void> {
  if (content?.isReadable === false) out.note(printable(`not decoded: ${content.message}`))
  const lines =
    content?.isReadable === true ? jsonLines(writeJson(content.value)) : payloadLines(bytes)
  await printLines(out, lines, { isAll: options.flag('all'), signal })
}

/** Returns what a line of `--json` has of what an adapter decoded: JSON as a text. */
export function decodedFields(
  content: InspectedContent | undefined,
): Readonly<Record<string, string>> {
  if (content === undefined) return {}
  return content.isReadable
    ? { decoded: writeJson(content.value) }
    : { notDecoded: content.message }
}
