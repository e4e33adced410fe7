import { findFences, type Fence } from './find-fences.ts'

/** What a guide has its reader do, in the order of the page. */
export type GuideStep =
  | { readonly does: 'install'; readonly line: number; readonly packages: readonly string[] }
  | {
      readonly does: 'write'
      readonly line: number
      readonly file: string
      readonly content: string
    }
  | GuideCommand

export interface GuideCommand {
  readonly does: 'run'
  readonly line: number
  readonly command: string
  readonly succeeds: boolean
  /** Lines that it prints, in this order, among others. */
  readonly prints: readonly string[]
}

export interface Guide {
  readonly path: string
  readonly steps: readonly GuideStep[]
  /** Blocks that a test of this guide runs itself, by what the page calls them. */
  readonly blocks: ReadonlyMap<string, string>
}

/** Stands over a block of code and says what it is; a command in it is not shown to the reader. */
const marker = /^<!-- (install|file|run|prints|fails|full run|container|not run)(?:: (.+))? -->$/

/**
 * Reads a guide. Each block of code has a marker over it:
 *
 * | marker | the block, and what is done |
 * | --- | --- |
 * | `install` | lines that begin `npm install`: the packages are there from here on |
 * | `file: NAME` | the content of that file |
 * | `run` | commands that succeed; `run: COMMAND` is one that is not shown, and has no block |
 * | `prints` | what the last command prints |
 * | `fails: COMMAND` | what that command prints, which is not shown and fails |
 * | `full run: NAME`, `container: NAME` | a test of this guide looks it up by that name |
 * | `not run: REASON` | nothing |
 */
export function readGuide(path: string, text: string): Guide {
  const lines = text.split('\n')
  const fences = findFences(path, lines)
  const steps: GuideStep[] = []
  const blocks = new Map<string, string>()
  const marked = new Set<Fence>()

  for (const [index, content] of lines.entries()) {
    const line = index + 1
    if (!content.startsWith('<!--')) continue
    if (fences.some((fence) => isWithin(fence, line))) continue
    const [, name, argument] = marker.exec(content) ?? []
    if (name === undefined) throw new Error(`${path}:${line}: no such marker: ${content}`)
    if (name === 'run' && argument !== undefined) {
      steps.push({ does: 'run', line, command: argument, succeeds: true, prints: [] })
      continue
    }
    const fence = fences.find((each) => each.line > line)
    const between = lines.slice(line, (fence?.line ?? line) - 1)
    if (fence === undefined || between.some((each) => each !== '')) {
      throw new Error(`${path}:${line}: no block of code follows this marker`)
    }
    marked.add(fence)
    take(name, argument ?? '', fence)
  }

  const unmarked = fences.filter((fence) => !marked.has(fence))
  if (unmarked.length > 0) {
    const places = unmarked.map(({ line }) => `${path}:${line}`).join(', ')
    throw new Error(`a block of code without a marker, so no test runs it: ${places}`)
  }
  return { path, steps, blocks }

  function take(name: string, argument: string, { line, code }: Fence): void {
    const codeLines = code.split('\n')
    switch (name) {
      case 'install':
        steps.push({ does: 'install', line, packages: codeLines.flatMap(packagesOf) })
        return
      case 'file':
        steps.push({ does: 'write', line, file: argument, content: `${code}\n` })
        return
      case 'run':
        for (const command of codeLines) {
          steps.push({ does: 'run', line, command, succeeds: true, prints: [] })
        }
        return
      case 'fails':
        steps.push({ does: 'run', line, command: argument, succeeds: false, prints: codeLines })
        return
      case 'prints': {
        const last = steps.pop()
        if (last?.does !== 'run') throw new Error(`${path}:${line}: no command stands before this`)
        steps.push({ ...last, prints: codeLines })
        return
      }
      case 'not run':
        return
      default:
        blocks.set(argument, code)
    }
  }
}

function isWithin({ line, code }: Fence, at: number): boolean {
  return at > line && at <= line + code.split('\n').length
}

/** Returns the packages that a line installs, without their versions. */
export function packagesOf(line: string): string[] {
  const [npm, install, ...words] = line.split(' ')
  if (npm !== 'npm' || install !== 'install') throw new Error(`not a line of npm install: ${line}`)
  return words
    .filter((word) => !word.startsWith('--'))
    .map((word) => word.replace(/(?<=.)@.*$/, ''))
}
