/** The statfs types on Linux of file systems whose files the kernel makes. */
const KERNEL_FILE_SYSTEMS: ReadonlyMap<number, string> = new Map([
  [0x9fa0, 'proc'],
  [0x62656572, 'sysfs'],
  [0x27e0eb, 'cgroup'],
  [0x63677270, 'cgroup2'],
  [0x64626720, 'debugfs'],
  [0x74726163, 'tracefs'],
  [0x73636673, 'securityfs'],
  [0x1cd1, 'devpts'],
])

/**
 * Returns the name of a file system whose files the kernel makes and on which others can make none,
 * or `undefined` for any other.
 *
 * @param type The `type` of `statfs`.
 */
export function kernelFileSystem(type: number): string | undefined {
  return process.platform === 'linux' ? KERNEL_FILE_SYSTEMS.get(type) : undefined
}
