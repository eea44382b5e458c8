/** Gives the text of a file without the mark that editors on Windows leave at its beginning, and JSON does not know. */
export const withoutByteOrderMark = (text: string): string => text.replace(/^\uFEFF/, "");
