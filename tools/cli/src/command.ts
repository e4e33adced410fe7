import type { ExitCode } from './exit-codes.ts'
import type { Options } from './arguments/options.ts'
import type { Output } from './output/output.ts'
import type { Profile } from './profile/profile.ts'
import type { Streams } from './streams.ts'

/** An option of a command. */
export interface OptionSpec {
  /** The name without the dashes. */
  readonly name: string
  /** The letter of its short form. Default: none. */
  readonly short?: string
  /** What its value is called in the help, such as `NAME`. Default: it takes none. */
  readonly value?: string
  /** What it does, in one sentence. */
  readonly says: string
}

/** An argument of a command that is no option. */
export interface ArgumentSpec {
  /** What it is called in the help, such as `STREAM`. */
  readonly name: string
  /** What it is, in one sentence. */
  readonly says: string
  /** Whether it may be left out. Default: `false`. */
  readonly isOptional?: boolean
}

/** An example of the help. */
export interface CommandExample {
  /** What it does, in a few words. */
  readonly says: string
  /** What to type. */
  readonly command: string
}

/** A command of `harborage`, such as `status`. The help and the reference page are made of it. */
export interface Command {
  readonly name: string
  /** What it does, in a few words that begin with a verb. */
  readonly summary: string
  /** Paragraphs of the help. */
  readonly description: readonly string[]
  readonly arguments: readonly ArgumentSpec[]
  /** The options besides those of every command. */
  readonly options: readonly OptionSpec[]
  readonly examples: readonly CommandExample[]
  /** Does it, and resolves to the exit code. */
  readonly run: (run: CommandRun) => Promise<ExitCode>
}

/** What a command gets. */
export interface CommandRun {
  /** The arguments that are no options: as many as the command declares. */
  readonly arguments: readonly string[]
  readonly options: Options
  readonly out: Output
  readonly streams: Streams
  /**
   * Is aborted by the first Ctrl-C or SIGTERM. A command ends after its current batch, says what
   * remains and throws the reason of the signal.
   */
  readonly signal: AbortSignal
  /** Reads the profile that the options, the environment and the configuration file name. */
  readonly readProfile: (name?: string) => Promise<Profile>
}
