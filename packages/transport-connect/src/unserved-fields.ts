import { type DescField, type DescMessage, isFieldSet, type Message } from "@bufbuild/protobuf";
import { storeError } from "@trimtab/core";
import { ListVariableHistoryRequestSchema } from "@trimtab/wire/services";

/** Fields that callers may set and that are not acted upon, so that setting them is refused instead of ignored. */
export const unserved: ReadonlyMap<string, readonly DescField[]> = new Map([
  [ListVariableHistoryRequestSchema.typeName, [ListVariableHistoryRequestSchema.field.optimizationId]],
]);

/**
 * Refuses a request that sets a field, on itself or on one of its parts, that is not served.
 *
 * @param schema what the request is
 * @throws StoreError `unimplemented` with the field as its `feature`
 */
export function refuseUnserved(request: Message, schema: DescMessage): void {
  if (!hasUnserved(schema)) return;
  refuseFields(request, "");
  for (const [name, part] of Object.entries(request)) {
    if (Array.isArray(part)) {
      for (const [index, item] of part.entries()) if (isPart(item)) refuseFields(item, `${name}[${index}].`);
    } else if (isPart(part)) refuseFields(part, `${name}.`);
  }
}

// Hardly any kind of request has such fields, and a look at each field of a request would be a twentieth of a read.
const withUnserved = new Map<DescMessage, boolean>();

function hasUnserved(schema: DescMessage): boolean {
  const known = withUnserved.get(schema);
  if (known !== undefined) return known;
  const found = [schema, ...schema.fields.map(({ message }) => message)].some(
    (message) => message !== undefined && unserved.has(message.typeName),
  );
  withUnserved.set(schema, found);
  return found;
}

const isPart = (part: unknown): part is Message => typeof part === "object" && part !== null && "$typeName" in part;

function refuseFields(message: Message, path: string): void {
  const field = unserved.get(message.$typeName)?.find((each) => isFieldSet(message, each));
  if (field === undefined) return;
  throw storeError("unimplemented", `${path}${field.name} is not supported by this server`, { feature: field.name });
}
