import { expect, test } from "vitest";
import { namesIn } from "./certificate-names.ts";

const read = (CN: unknown, subjectaltname: string) =>
  namesIn({ subject: { CN }, subjectaltname } as Parameters<typeof namesIn>[0]);

test("names of a certificate are read from its subject and its alternative names", () => {
  expect(read("worker", "DNS:a.example, URI:spiffe://x/y, IP Address:127.0.0.1, email:a@b")).toEqual({
    commonName: "worker",
    alternativeNames: ["DNS:a.example", "URI:spiffe://x/y", "email:a@b"],
  });
});

test("a name that holds others is none of them, and several common names are none", () => {
  expect(read("x", 'DNS:"evil, URI:spiffe://x/y", DNS:honest').alternativeNames).toEqual(["DNS:honest"]);
  expect(read("x", 'URI:"a\\", DNS:other", DNS:honest').alternativeNames).toEqual(["DNS:honest"]);
  expect(read(["a", "b"], "").commonName).toBe("");
});
