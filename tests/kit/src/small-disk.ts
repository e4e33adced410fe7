import { spawnSync } from 'node:child_process'

/** A way to run a program with little room for files: what goes before the program. */
export type SmallDisk = readonly [program: string, ...args: string[]]

/**
 * Returns a way to run a program whose files cannot grow beyond `kibibytes` KiB. Works everywhere.
 */
export function fileSizeLimit(kibibytes: number): SmallDisk {
  // The shell counts in blocks of 512 bytes.
  return ['sh', '-c', `ulimit -f ${2 * kibibytes}; exec "$@"`, 'sh']
}

/**
 * Returns how to put a file system of some MiB in memory at a folder, which only the program
 * sees, or `undefined` where this user may not mount any.
 */
export function tinyFileSystem(mebibytes: number): ((folder: string) => SmallDisk) | undefined {
  const script = `mount -t tmpfs -o size=${mebibytes}m tmpfs "$0" && exec "$@"`
  const mounted = (options: readonly string[], folder: string): SmallDisk => {
    return ['unshare', ...options, '--mount', 'sh', '-c', script, folder]
  }
  const way = [[], ['--user', '--map-root-user']].find((options) => {
    const [program, ...args] = mounted(options, '/mnt')
    return spawnSync(program, [...args, 'true']).status === 0
  })
  return way === undefined ? undefined : (folder) => mounted(way, folder)
}
