import { styleText } from 'node:util'

// styleText leaves the text alone where there is no terminal or NO_COLOR is set.
export const bold = (text: string): string => styleText('bold', text)
export const dim = (text: string): string => styleText('dim', text)
export const red = (text: string): string => styleText('red', text)
export const green = (text: string): string => styleText('green', text)
export const yellow = (text: string): string => styleText('yellow', text)
