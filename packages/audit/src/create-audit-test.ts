import { type AuditEntry, type AuditFilter, checkText, matchesAudit, StoreError, storeError } from "@trimtab/core";

/** Characters of a text to look for: no entry holds more. */
const maxTextLength = 512;

/** Actions or outcomes to look for. */
const maxChoices = 100;

/**
 * Makes the test for what is told to a session, which hears of what was done to it and of what it did, and asks for some of that.
 *
 * @throws StoreError `invalid_argument` for a filter that is larger than it may be
 */
export function createAuditTest(session: string, filter: AuditFilter): (entry: AuditEntry) => boolean {
  checkFilter(filter);
  return (entry) => (entry.session === session || entry.callerSession === session) && matchesAudit(entry, filter);
}

function checkFilter({ variable, study, actor, callerSession, actions = [], outcomes = [] }: AuditFilter): void {
  for (const [name, choices] of Object.entries({ actions, outcomes })) {
    if (choices.length <= maxChoices) continue;
    const details = { field: `filter.${name}`, limit: maxChoices, value: choices.length };
    const message = `${details.field} has ${details.value} entries, at most ${maxChoices} are allowed`;
    throw storeError("invalid_argument", message, details);
  }
  const texts = { variable, study, actor, callerSession };
  const fields = [...Object.entries(texts), ...actions.map((action, index) => [`actions[${index}]`, action] as const)];
  for (const [name, text] of fields) {
    const wrong = checkText(text, `filter.${name}`, maxTextLength);
    if (wrong !== undefined) throw new StoreError(wrong);
  }
}
