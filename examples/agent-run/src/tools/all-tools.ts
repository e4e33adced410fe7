import { countWords } from './count-words.ts'
import { digestSha256 } from './digest-sha256.ts'
import { findMarks } from './find-marks.ts'
import { frequentWords } from './frequent-words.ts'
import { gatherContext } from './gather-context.ts'
import { listHeadings } from './list-headings.ts'
import { listImports } from './list-imports.ts'
import { listKeys } from './list-keys.ts'
import type { Tool } from './tool.ts'

/** All tools of the agent, in the order in which it uses them on a file. */
export const allTools: readonly Tool[] = [
  countWords,
  digestSha256,
  frequentWords,
  listHeadings,
  listImports,
  listKeys,
  findMarks,
  gatherContext,
]
