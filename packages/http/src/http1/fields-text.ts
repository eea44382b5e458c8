import { type OutgoingHttpHeaders, validateHeaderName, validateHeaderValue } from "node:http";
import { fieldText } from "../checks.ts";

/**
 * Writes fields as lines.
 *
 * @throws TypeError where a name or value is none of HTTP's
 */
export function fieldsText(fields: OutgoingHttpHeaders): string {
  let text = "";
  for (const name in fields) {
    const value = fields[name];
    if (value === undefined) continue;
    for (const given of Array.isArray(value) ? value : [value]) {
      const each = fieldText(name, given);
      if (!isCommon.test(name) || !isPlain.test(each)) validate(name, each);
      text += `${name}: ${each}\r\n`;
    }
  }
  return text;
}

const isCommon = /^[a-z-]+$/;
const isPlain = /^[ -~]*$/;

function validate(name: string, value: string): void {
  validateHeaderName(name);
  validateHeaderValue(name, value);
}
