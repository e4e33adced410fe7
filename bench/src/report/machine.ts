/** What the figures depend on. It names no host and no path. */
export interface Machine {
  readonly cpu: string
  readonly cores: number
  readonly memoryGiB: number
  readonly system: string
  readonly fileSystem: string
  readonly node: string
  readonly sqlite: string
  readonly postgres: string
  readonly postgresSettings: Readonly<Record<string, string>>
  /** Exact versions of what was compared. */
  readonly packages: Readonly<Record<string, string>>
}
