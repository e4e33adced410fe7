/** The properties of the machine that the figures depend on, without a host name or a path. */
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
  /** The exact versions of the compared packages. */
  readonly packages: Readonly<Record<string, string>>
}
