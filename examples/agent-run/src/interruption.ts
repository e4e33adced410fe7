/** Why a run was interrupted, where it was not by Ctrl-C: nobody reads what it prints any more. */
export const READER_LEFT = 'the reader left'
