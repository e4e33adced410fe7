import { styleText } from 'node:util'

// styleText returns the text unchanged without a terminal or with NO_COLOR.
export const bold = (text: string): string => styleText('bold', text)
export const dim = (text: string): string => styleText('dim', text)
export const red = (text: string): string => styleText('red', text)
export const green = (text: string): string => styleText('green', text)
export const yellow = (text: string): string => styleText('yellow', text)
