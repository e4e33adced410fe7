import { spawnSync } from 'node:child_process'

/** A way to run a program where its files cannot grow: what goes before the program and its arguments. */
export type SmallDisk = readonly [program: string, ...args: string[]]

/** No file of the program may grow beyond half a MiB. Works everywhere. */
export const fileSizeLimit: SmallDisk = ['sh', '-c', 'ulimit -f 1024; exec "$@"', 'sh']

/**
 * A file system of one MiB at the folder, which only the program sees; empty where this user may not mount any. It is
 * the real thing, and where it cannot be had the limit above stands for it.
 */
export function tinyFileSystem(folder: string): SmallDisk[] {
  const script = 'mount -t tmpfs -o size=1m tmpfs "$0" && exec "$@"'
  const ways: SmallDisk[] = [
    ['unshare', '--mount', 'sh', '-c', script, folder],
    ['unshare', '--user', '--map-root-user', '--mount', 'sh', '-c', script, folder],
  ]
  const way = ways.find(([program, ...args]) => spawnSync(program, [...args, 'true']).status === 0)
  return way === undefined ? [] : [way]
}
