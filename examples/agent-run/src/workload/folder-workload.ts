import { hash } from 'node:crypto'
import { stat } from 'node:fs/promises'
import { basename, resolve } from 'node:path'
import { counted } from '../account/numbers.ts'
import { BadInput } from '@harborage/example-kit/bad-input'
import type { StepResult } from '../slots.ts'
import { allTools } from '../tools/all-tools.ts'
import { identityText } from './identity-text.ts'
import { listTextFiles, readTextFile, readTextFolder } from './text-files.ts'
import type { SessionToDo, StepToDo, TaskToDo, Toolbox, Workload } from './workload.ts'

const DEFAULT_MOST_FILES = 100
/** The depth of the subfolders that become sessions. */
const SESSION_DEPTH = 2

/**
 * Returns the work in a folder: a session per subfolder, a task per file, a step per tool for the
 * file.
 */
export async function folderWorkload(
  folder: string,
  mostFiles: number = DEFAULT_MOST_FILES,
): Promise<Workload> {
  const path = resolve(folder)
  await mustBeFolder(folder, path)
  const found = await listTextFiles(path)
  if (found.length === 0) throw new BadInput(`There is no text file to work on in ${folder}.`)

  const files = spread(found, mostFiles)
  const userId = identityText(basename(path) || path)
  const sessions = sessionsOf(files, userId)
  return {
    ...folderToolbox(path),
    source: { type: 'folder', path },
    summary:
      files.length === found.length
        ? counted(files.length, 'text file')
        : `${files.length} of ${counted(found.length, 'text file')}, spread evenly`,
    home: { tenantId: 'agent-run', userId, sessionId: 'manifest:' },
    sessions,
  }
}

/** Returns the toolbox for the steps of a folder's workload. */
export function folderToolbox(folder: string): Toolbox {
  const tools = new Map(allTools.map((tool) => [tool.name, tool]))
  return {
    async use({ action, target }): Promise<StepResult> {
      const tool = tools.get(action)
      if (tool === undefined) throw new BadInput(`The plan asks for an unknown tool: ${action}.`)
      const file =
        tool.reads === 'folder'
          ? await readTextFolder(folder, target)
          : await readTextFile(folder, target)
      // As in any agent, a tool's failure is a result too.
      if (file === undefined) {
        return { action, target, inputSha256: '', bytes: 0, output: { error: 'no text file' } }
      }
      const inputSha256 = hash('sha256', file.bytes)
      return { action, target, inputSha256, bytes: file.bytes.byteLength, output: tool.use(file) }
    },
    summarize: (action, outputs) => tools.get(action)?.summarize(outputs),
  }
}

async function mustBeFolder(given: string, path: string): Promise<void> {
  const found = await stat(path).catch(() => undefined)
  if (found === undefined) throw new BadInput(`There is no folder ${given}.`)
  if (!found.isDirectory())
    throw new BadInput(`${given} is not a folder: name the folder it is in.`)
}

/** Returns at most `limit` items, spread over the whole list. */
function spread<Item>(items: readonly Item[], most: number): readonly Item[] {
  if (items.length <= most) return items
  return items.filter((_, index) => {
    const share = (position: number): number => Math.floor((position * most) / items.length)
    return share(index) < share(index + 1)
  })
}

function sessionsOf(files: readonly string[], userId: string): SessionToDo[] {
  const byFolder = Map.groupBy(files, (file) => identityText(sessionFolder(file)))
  return [...byFolder].map(([sessionId, paths]) => ({
    userId,
    sessionId,
    tasks: paths.map(taskOf),
  }))
}

function sessionFolder(file: string): string {
  return file.split('/').slice(0, -1).slice(0, SESSION_DEPTH).join('/') || '.'
}

function taskOf(file: string): TaskToDo {
  const steps = allTools
    .filter((tool) => tool.suits(file))
    .map((tool): StepToDo => ({ action: tool.name, target: file }))
  return { runId: identityText(file), steps }
}
