import { extname } from 'node:path'
import type { z } from 'zod'

/** A text file as a tool sees it. */
export interface TextFile {
  readonly path: string
  readonly bytes: Uint8Array
  readonly text: string
}

/** A tool of the agent. Equal files have equal outputs. */
export interface Tool {
  readonly name: string
  /** The input of the tool: the file, or all text files of its folder in one. Default: `'file'`. */
  readonly reads: 'file' | 'folder'
  suits(path: string): boolean
  use(file: TextFile): z.core.util.JSONType
  /** Returns one line about many stored outputs of this tool. */
  summarize(outputs: readonly unknown[]): string
}

interface ToolDefinition<Output extends z.core.util.JSONType> {
  readonly name: string
  /** The extensions of its files, such as `.md`. Default: all files. */
  readonly endings?: readonly string[]
  /** Default: `'file'`. */
  readonly reads?: 'file' | 'folder'
  readonly output: z.ZodType<Output>
  readonly use: (file: TextFile) => Output
  readonly summarize: (outputs: readonly Output[]) => string
}

export function defineTool<Output extends z.core.util.JSONType>(
  definition: ToolDefinition<Output>,
): Tool {
  const { name, endings, reads = 'file', output, use, summarize } = definition
  return {
    name,
    reads,
    suits: (path) => endings === undefined || endings.includes(extname(path).toLowerCase()),
    use,
    summarize: (outputs) => summarize(outputs.map((stored) => output.parse(stored))),
  }
}
