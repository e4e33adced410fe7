import { readFileSync } from 'node:fs'

/** Where the kernel lists what is mounted, as this process sees it. Only Linux does. */
const MOUNTS = '/proc/self/mountinfo'

/** Of the fields of a line, that of the path at which something is mounted. */
const PLACE_FIELD = 4

/**
 * Tells whether something is mounted at a path, or returns `undefined` where the system does not
 * say. The list is no file on a disk, so reading it waits for nothing.
 */
export function isMountPoint(path: string): boolean | undefined {
  try {
    const list = readFileSync(MOUNTS, 'utf8')
    const listed = escaped(path)
    // Nearly always it is in no line at all.
    if (!list.includes(` ${listed} `)) return false
    return list.split('\n').some((line) => line.split(' ')[PLACE_FIELD] === listed)
  } catch {
    return undefined
  }
}

/** The kernel writes white space and backslashes of a path as octal numbers. */
function escaped(path: string): string {
  return path.replaceAll(
    /[ \t\n\\]/g,
    (character) => `\\${character.charCodeAt(0).toString(8).padStart(3, '0')}`,
  )
}
