import { BlockList, isIP } from "node:net";

/** Gives the address that a call came from: the connection's, or what proxies that are believed say of it. */
export type ForwardedFor = (peer: string, header: string | readonly string[] | undefined) => string;

/**
 * Reads networks of proxies: addresses, or blocks as `10.0.0.0/8`.
 *
 * @throws RangeError naming the one that is neither
 */
export function parseNetworks(networks: readonly string[]): BlockList {
  const found = new BlockList();
  for (const network of networks) {
    const [address = "", prefix, ...rest] = network.split("/");
    const family = isIP(address);
    const bits = family === 4 ? 32 : 128;
    const length = prefix === undefined ? bits : Number(prefix);
    const isBlock = /^\d{1,3}$/.test(prefix ?? "0") && length <= bits && rest.length === 0;
    if (family === 0 || !isBlock)
      throw new RangeError(`must be addresses or blocks such as 10.0.0.0/8, which ${network} is not`);
    found.addSubnet(address, length, family === 4 ? "ipv4" : "ipv6");
  }
  return found;
}

/**
 * Makes what believes proxies in these networks: of the addresses in `x-forwarded-for` the last that none of them has, since
 * everything before it may be made up by whoever calls.
 */
export function createForwardedFor(networks: readonly string[]): ForwardedFor {
  const proxies = parseNetworks(networks);
  const isProxy = (address: string) => proxies.check(plain(address), isIP(plain(address)) === 6 ? "ipv6" : "ipv4");
  return (peer, header = "") => {
    let last = peer;
    const said = (typeof header === "string" ? header : header.join(",")).split(",");
    while (isProxy(last)) {
      const next = withoutPort((said.pop() ?? "").trim());
      // What is no address was not written by a proxy that is to be believed.
      if (isIP(next) === 0) return last;
      last = next;
    }
    return last;
  };
}

/** An address without its zone; one of IPv4 also where a socket for both families gives it as one of IPv6. */
const plain = (address: string): string => address.replace(/%.*$/, "").replace(/^::ffff:(?=\d+\.)/i, "");

/** Some proxies write the port, too, and brackets around an address of IPv6. */
const withoutPort = (text: string): string =>
  /^\[([^\]]*)\](?::\d+)?$/.exec(text)?.[1] ?? /^([\d.]+):\d+$/.exec(text)?.[1] ?? text;
