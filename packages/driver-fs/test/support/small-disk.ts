import { spawnSync } from 'node:child_process'

/** How a command is run with little room in a folder, and how that shows. */
export interface SmallDisk {
  readonly under: (folder: string) => readonly string[]
  readonly message: string
  /** Whether everything is refused when it is full, or large files only. */
  readonly isFull: boolean
}

/** A limit to the size of each file, which needs no rights. */
export const fileSizeLimit: SmallDisk = {
  under: () => ['sh', '-c', 'ulimit -f 2048 && exec "$@"', 'sh'],
  message: 'allows no file of this size',
  isFull: false,
}

/**
 * A file system of two megabytes in memory, mounted for one process only; where that is not allowed, the limit above.
 */
export function smallDisk(): SmallDisk {
  const asRoot = process.getuid?.() === 0 ? [] : ['--user', '--map-root-user']
  const unshare = ['unshare', '--mount', ...asRoot] as const
  const mount = ['sh', '-c', 'mount -t tmpfs -o size=2m tmpfs "$1" && shift && exec "$@"', 'sh']
  const [program, ...args] = unshare
  if (spawnSync(program, [...args, ...mount, '/mnt', 'true']).status === 0) {
    return {
      under: (folder) => [...unshare, ...mount, folder],
      message: 'the disk is full',
      isFull: true,
    }
  }
  return fileSizeLimit
}
