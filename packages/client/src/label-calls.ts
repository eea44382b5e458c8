import type { Client } from "@connectrpc/connect";
import type { SetLabelOptions, Store } from "@trimtab/core";
import { encodeFlag, encodeText, fromWireLabel, toWirePoint } from "@trimtab/wire";
import type { HistoryService } from "@trimtab/wire/services";
import { readPage, readReceipt } from "./answers.ts";
import { encodeExpectedRevision, encodeFilter, encodeName, encodePage, refuseExpectedVersion } from "./arguments.ts";
import type { Caller } from "./caller.ts";

type LabelCalls = Pick<Store, "setLabel" | "getLabel" | "listLabels" | "deleteLabel">;

/** The part of a store that deals with labels, over a transport. */
export const createLabelCalls = (client: Client<typeof HistoryService>, { call, context }: Caller): LabelCalls => ({
  setLabel: (session, name, options = {}) =>
    call(
      (to) => {
        const what = { sessionId: encodeText(session, "session"), name: encodeText(name, "label") };
        return client.setLabel({ ...what, ...encodeSetting(options), context: context(options) }, to);
      },
      (answer) => ({ ...readReceipt(session, answer), label: fromWireLabel(answer.label) }),
    ),
  getLabel: (session, name) =>
    call(
      (to) => client.getLabel(encodeName(session, name), to),
      (answer) => fromWireLabel(answer.label),
    ),
  listLabels: (session, options = {}) =>
    call(
      (to) => {
        const pattern = encodeFilter(options.pattern, "pattern");
        return client.listLabels({ sessionId: encodeText(session, "session"), pattern, ...encodePage(options) }, to);
      },
      (answer) => readPage(answer.labels, answer, fromWireLabel),
    ),
  deleteLabel: (session, name, options = {}) =>
    call(
      (to) => {
        refuseExpectedVersion(options, "a label has no version");
        const what = {
          ...encodeName(session, name),
          allowMissing: encodeFlag(options.allowMissing, "allowMissing"),
          overrideProtection: encodeFlag(options.overrideProtection, "overrideProtection"),
        };
        return client.deleteLabel({ ...what, context: context(options) }, to);
      },
      (answer) => readReceipt(session, answer),
    ),
});

function encodeSetting(options: SetLabelOptions) {
  const { at, protected: isProtected, description } = options;
  const given = Object.entries({ protected: isProtected, description }).filter(([, each]) => each !== undefined);
  return {
    ...(at !== undefined && { at: toWirePoint(at) }),
    protected: encodeFlag(isProtected, "protected"),
    description: encodeText(description ?? "", "description"),
    updateMask: { paths: given.map(([field]) => field) },
    overrideProtection: encodeFlag(options.overrideProtection, "overrideProtection"),
    ...encodeExpectedRevision(options),
  };
}
