import { expect, test } from "vitest";
import { cutFrames } from "./cut-frames.ts";

test("frames are the same however their bytes are cut", () => {
  const frame = (kind: number, flags: number, id: number, payload: string) =>
    Buffer.concat([Buffer.from([0, 0, payload.length, kind, flags, 0, 0, 0, id]), Buffer.from(payload)]);
  const bytes = Buffer.concat([
    frame(4, 0, 0, "set"),
    frame(0, 0, 1, "first "),
    frame(0, 0, 3, ""),
    frame(0, 1, 1, "last"),
    frame(1, 5, 3, "head"),
  ]);
  const cutBy = (size: number) => {
    const heard: unknown[] = [];
    const texts: Record<number, string> = {};
    const cut = cutFrames(
      (kind, flags, id, payload) => heard.push([kind, flags, id, payload.toString()]),
      (id, piece, isEnd) => {
        texts[id] = `${texts[id] ?? ""}${piece}`;
        if (isEnd) heard.push([id, texts[id]]);
      },
    );
    for (let at = 0; at < bytes.length; at += size) cut(bytes.subarray(at, at + size));
    return heard;
  };
  const whole = cutBy(bytes.length);
  expect(whole).toEqual([
    [4, 0, 0, "set"],
    [1, "first last"],
    [1, 5, 3, "head"],
  ]);
  for (let size = 1; size < bytes.length; size++) expect(cutBy(size)).toEqual(whole);
});
