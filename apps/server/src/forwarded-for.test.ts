import { expect, test } from "vitest";
import { createForwardedFor } from "./forwarded-for.ts";

const from = createForwardedFor(["10.0.0.0/8", "192.0.2.1", "2001:db8::/32"]);

test.each([
  ["a peer that is no proxy is the caller, whatever it says", "198.51.100.7", "203.0.113.9", "198.51.100.7"],
  ["a proxy says whom it speaks for", "10.1.2.3", "203.0.113.9", "203.0.113.9"],
  [
    "a chain of proxies is followed to the first that is none",
    "10.1.2.3",
    "6.6.6.6, 203.0.113.9, 192.0.2.1",
    "203.0.113.9",
  ],
  ["what a caller makes up is not believed", "10.1.2.3", "127.0.0.1, 203.0.113.9", "203.0.113.9"],
  ["a proxy that says nothing is the caller", "10.1.2.3", undefined, "10.1.2.3"],
  ["what is no address is passed over with all before it", "10.1.2.3", "203.0.113.9, unknown", "10.1.2.3"],
  ["only proxies all the way are followed to the end", "10.1.2.3", "10.9.9.9", "10.9.9.9"],
  ["ports and brackets are left out", "2001:db8::1", "[2001:db9::7]:443", "2001:db9::7"],
  ["ports of IPv4 are left out", "::ffff:10.1.2.3", "203.0.113.9:5123", "203.0.113.9"],
  ["a zone does not matter", "2001:db8::1%eth0", "fe80::1%eth0", "fe80::1%eth0"],
  ["a header that came twice is one", "10.1.2.3", ["6.6.6.6", "203.0.113.9"], "203.0.113.9"],
  ["nonsense ends", "10.1.2.3", ",".repeat(10_000), "10.1.2.3"],
])("%s", (_, peer, header, address) => {
  expect(from(peer, header)).toBe(address);
});
