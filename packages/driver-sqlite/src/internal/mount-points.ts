import { readFile } from 'node:fs/promises'

/**
 * Returns the paths at which something is mounted, as this process sees them, or `undefined` where the system does not
 * list them: only Linux does.
 */
export async function mountPoints(): Promise<ReadonlySet<string> | undefined> {
  try {
    const list = await readFile('/proc/self/mountinfo', 'utf8')
    return new Set(list.split('\n').map((line) => unescaped(line.split(' ')[4] ?? '')))
  } catch {
    return undefined
  }
}

/** The kernel writes white space and backslashes of a path as octal numbers. */
function unescaped(path: string): string {
  return path.replaceAll(/\\([0-7]{3})/g, (_, digits: string) =>
    String.fromCharCode(Number.parseInt(digits, 8)),
  )
}
