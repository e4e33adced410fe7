import { HarborageError, type HarborageErrorOptions } from '@harborage/core'

declare module '@harborage/core' {
  interface HarborageErrorCodes {
    /**
     * A value of a thread or an item is larger than 64 MiB, or the writes of a task are together.
     * Nothing was saved.
     */
    readonly value_too_large: true
  }
}

/** What a value is of. */
export interface ValueName {
  /** The thread. */
  readonly threadId: string
  /** The channel whose value it is. Default: none, as for metadata. */
  readonly channel?: string | undefined
  /** The task that has written it. Default: none, as for the values of a checkpoint. */
  readonly taskId?: string | undefined
}

/** The codes of errors that are about a value of a thread. */
export type ValueErrorCode = 'invalid_record' | 'value_too_large'

/** The error of a value that cannot be saved. Its message does not name the thread. */
export class ValueError extends HarborageError<ValueErrorCode> {
  /** The thread. */
  readonly threadId: string
  /** The channel, or `undefined` if the error is about several, or about none. */
  readonly channel: string | undefined
  /** The task, or `undefined` if the value is one of a checkpoint. */
  readonly taskId: string | undefined

  /**
   * @param code What went wrong.
   * @param message What to do next, without the id of the thread.
   * @param name What the value is of.
   * @param options What every error may have.
   */
  constructor(
    code: ValueErrorCode,
    message: string,
    { threadId, channel, taskId }: ValueName,
    options: HarborageErrorOptions = {},
  ) {
    super(code, message, options)
    this.threadId = threadId
    this.channel = channel
    this.taskId = taskId
  }
}
