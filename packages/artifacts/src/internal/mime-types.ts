/** What an artifact is said to be if the caller does not say it. */
export const BINARY = 'application/octet-stream'
export const TEXT = 'text/plain; charset=utf-8'
export const JSON_TEXT = 'application/json'
