import type { Notes } from './markdown.ts'

/** Reads notes, each under a heading `## id`. */
export function readNotes(text: string): Notes {
  const sections = text.split(/^## /m).slice(1)
  return new Map(
    sections.flatMap((section) => {
      const [id = '', ...lines] = section.split('\n')
      const note = lines.join('\n').trim()
      return note === '' ? [] : [[id.trim(), note] as const]
    }),
  )
}
