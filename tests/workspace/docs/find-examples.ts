import { findFences } from './find-fences.ts'

/** A block of TypeScript in a page or a doc comment. */
export interface Example {
  /** The file it stands in, from the root of the workspace. */
  readonly path: string
  /** The line of its fence; the code begins on the next one. */
  readonly line: number
  readonly code: string
  /**
   * How it is checked: `ts` is compiled and run, `ts no-run` is compiled, and `ts file=a/b.ts` has
   * to be a part of that file, from the root of the workspace, which has its own tests.
   */
  readonly proof: 'run' | 'compile' | { readonly file: string }
}

const comment = /^\s*\* ?/

/**
 * Returns the examples of a page in Markdown. A fence of another language, or `ts fragment`, holds
 * none.
 */
export function examplesOfPage(path: string, text: string): Example[] {
  return examplesIn(path, text.split('\n'))
}

/** Returns the examples in the doc comments of a source file. */
export function examplesOfSource(path: string, text: string): Example[] {
  const lines = text
    .split('\n')
    .map((line) => (comment.test(line) ? line.replace(comment, '') : ''))
  return examplesIn(path, lines)
}

function examplesIn(path: string, lines: readonly string[]): Example[] {
  return findFences(path, lines)
    .filter(
      ({ language, words }) => /^(ts|typescript)$/.test(language) && !words.includes('fragment'),
    )
    .map(({ line, words, code }) => ({ path, line, code, proof: proofOf(words) }))
}

function proofOf(words: readonly string[]): Example['proof'] {
  const file = words.find((word) => word.startsWith('file='))?.slice('file='.length)
  if (file !== undefined) return { file }
  return words.includes('no-run') ? 'compile' : 'run'
}
