/** A value's integer, written as a number that may be more than a number holds exactly: 2^53 has 16 digits. */
const largeInteger = /("integer"\s*:\s*)(-?[1-9]\d{15,})(?![\d.eE])/g;

/**
 * Puts large integers of values into quotes, `{"integer": 9007199254740993}`, which reading them as numbers would round. Everything
 * else of the text, which is JSON, stays as it is. Takes time linear in the text.
 */
export const quoteIntegers = (json: string): string => json.replace(largeInteger, '$1"$2"');
