import { exitCodes, type ExitCode } from './exit-codes.ts'

/** What stops a command: Ctrl-C, SIGTERM, or a reader of its output that ended, such as `head`. */
export type StopSignal = 'SIGINT' | 'SIGTERM' | 'SIGPIPE'

const codes: Readonly<Record<StopSignal, ExitCode>> = {
  SIGINT: exitCodes.interrupted,
  SIGTERM: exitCodes.terminated,
  SIGPIPE: exitCodes.unread,
}

/** The reason with which a command is stopped. */
export class Stopped extends Error {
  readonly exitCode: ExitCode

  /** @param signal What stopped it. */
  constructor(signal: StopSignal) {
    super('the command was stopped')
    this.name = 'Stopped'
    this.exitCode = codes[signal]
  }
}
