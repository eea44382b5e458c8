import { createVariable, type Payload, type VariableExport } from "@trimtab/core";
import { expect, test } from "vitest";
import { refusalOf } from "../test-parts/refusal-of.ts";
import { decodeCsv, encodeCsv } from "./csv-export.ts";

const exportOf = (payload: Payload): VariableExport => ({
  session: "s",
  revision: 1,
  exportedAtMs: 0,
  variables: [createVariable({ id: "var_x_1", name: "x", type: "float", payload, createdAtMs: 1_700_000_000_000.001 })],
  dependencies: [],
  history: new Map(),
});

const read = (text: string) => decodeCsv(new TextEncoder().encode(text), 0);

test("a table has a header and a row for each variable", () => {
  expect(new TextDecoder().decode(encodeCsv(exportOf({ kind: "number", value: 2 })))).toBe(
    "id,name,type,value,constraints,metadata,description,version,revision,created_at,updated_at,updated_by,origin," +
      "read_only,sensitive,derivation,stale\r\n" +
      "var_x_1,x,float,2.0,{},{},,0,0,2023-11-14T22:13:20.000001Z,2023-11-14T22:13:20.000001Z,,typescript,false,false,,\r\n",
  );
});

test.each<[Payload, string]>([
  [{ kind: "number", value: 0.7 }, "0.7"],
  [{ kind: "number", value: 2 }, "2.0"],
  [{ kind: "number", value: -0 }, "'-0.0"],
  [{ kind: "number", value: 1e21 }, "1e+21"],
  [{ kind: "number", value: Number.NaN }, '"{""number"":""NaN""}"'],
  [{ kind: "integer", value: -(2n ** 63n) }, "'-9223372036854775808"],
  [{ kind: "string", value: "=1" }, '"""=1"""'],
  [{ kind: "boolean", value: false }, "false"],
  [{ kind: "null" }, "null"],
  [{ kind: "bytes", value: Uint8Array.of(1, 2) }, '"{""bytes"":""AQI=""}"'],
  [
    {
      kind: "list",
      value: [
        { kind: "number", value: 2 },
        { kind: "integer", value: 2n },
      ],
    },
    '"[2,{""integer"":""2""}]"',
  ],
  [
    {
      kind: "map",
      value: new Map([
        ["b", { kind: "null" }],
        ["a", { kind: "string", value: "x" }],
      ]),
    },
    '"{""map"":{""a"":""x"",""b"":null}}"',
  ],
])("%o is the cell %s", (payload, cell) => {
  const file = encodeCsv(exportOf(payload));
  expect(new TextDecoder().decode(file)).toContain(`\r\nvar_x_1,x,float,${cell},{},{},`);
  expect(decodeCsv(file, 0).variables[0]?.payload).toEqual(payload);
});

test("a byte order mark, capitals for truth and spaces around names are as spreadsheets write them", () => {
  const [variable] = read("\ufeffname, type ,value,read_only\nx,float,1,TRUE\n").variables;
  expect(variable).toMatchObject({ name: "x", type: "float", payload: { kind: "integer", value: 1n }, readOnly: true });
});

test("values that are truth may be in capitals, and text in capitals is still text", () => {
  const { variables } = read('name,type,value\na,boolean,TRUE\nb,boolean,False\nc,string,"""TRUE"""\n');
  expect(variables.map(({ value }) => value)).toEqual([true, false, "TRUE"]);
});

test("ids that are made for rows without one are apart from those of other rows", () => {
  const { variables } = read("id,name,type,value\nvar_b_2,a,float,1\n,b,float,2\nvar_c_3,d,float,3\n,c,float,4\n");
  expect(variables.map(({ id }) => id)).toEqual(["var_b_2", "var_b_3", "var_c_3", "var_c_5"]);
});

test.each([
  ["", "data has no header line"],
  ["name,type\n", "data.header has no column value"],
  ["name,type,value,notes\n", 'data.header[3] is the unknown column "notes"'],
  ["name,type,value,name\n", "data.header[3] repeats the column name"],
  ["name,type,value,__proto__\n", 'data.header[3] is the unknown column "__proto__"'],
  ["name,type,value\nx,float\n", "data.variables[0] has 2 cells in line 2, the header has 3"],
  ["name,type,value\nx,float,1\ny,,1\n", "data.variables[1].type is required"],
  ["name,type,value\nx,string,gpt-4\n", "data.variables[0].value is no JSON"],
  [
    "name,type,value\nx,integer,9223372036854775808\n",
    "data.variables[0].value is an integer that does not fit 64 bits",
  ],
  ["name,type,value\nx,float,1e999\n", "data.variables[0].value is a number beyond the range of 64-bit floats"],
  ['name,type,value\nx,float,"{""number"":1,""bytes"":""""}"\n', "must be an object of one key that names a kind"],
  ['name,type,value\nx,float,"{""magic"":1}"\n', 'has the unknown kind "magic"'],
  ['name,type,value\nx,bytes,"{""bytes"":""*""}"\n', "data.variables[0].value is no base64"],
  [
    'name,type,value\nx,tensor,"{""array"":{""dtype"":""u8"",""shape"":[2],""data"":""AQ==""}}"\n',
    "bytes that fit its shape",
  ],
  ['name,type,value,constraints\nx,float,1,"[]"\n', "data.variables[0].constraints must be a JSON object"],
  [
    'name,type,value,metadata\nx,float,1,"{""__proto__"":1}"\n',
    "data.variables[0].metadata uses the reserved key __proto__",
  ],
  ["name,type,value,version\nx,float,1,-1\n", "data.variables[0].version must be a whole number"],
  ["name,type,value,created_at\nx,float,1,yesterday\n", "data.variables[0].created_at is no time"],
  ["name,type,value,origin\nx,float,1,mars\n", "data.variables[0].origin must be one of"],
  ["name,type,value,read_only\nx,float,1,yes\n", "data.variables[0].read_only must be true or false"],
  ['name,type,value,derivation\nx,float,1,"{}"\n', "data.variables[0].derivation must be"],
  ['name,type,value,stale\nx,float,1,"{""cause"":""x"",""since_revision"":-1}"\n', "data.variables[0].stale must be"],
])("%j is refused", (text, message) => {
  expect(refusalOf(() => read(text))).toContain(message);
});
