/** The abort reason of a run whose output is no longer read. After Ctrl-C there is no reason. */
export const READER_LEFT = 'the reader left'
