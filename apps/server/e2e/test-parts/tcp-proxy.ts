import { once } from "node:events";
import * as net from "node:net";

/** A network that can be made to fail, between clients and one server on this machine. */
export interface TcpProxy {
  /** Where clients connect. */
  readonly url: string;
  /** Connections so far. */
  readonly connections: number;
  /** Cuts every connection that is open now, in the middle of whatever is on its way. */
  cutAll(): void;
  /** From now on each new connection is cut once it has carried as many bytes as this gives, in both directions together. */
  cutEachAfter(bytes: (() => number) | undefined): void;
  /** Connections that are open now stay so, and nothing comes through them any more; new ones work. */
  freezeAll(): void;
  /** From now on new connections are refused, or taken again. */
  refuse(isRefused: boolean): void;
  close(): Promise<void>;
}

interface Link {
  readonly client: net.Socket;
  readonly server: net.Socket;
  isFrozen: boolean;
  bytesLeft: number;
}

/** Opens a proxy before a port of this machine. */
export async function openProxy(port: number): Promise<TcpProxy> {
  const links = new Set<Link>();
  let limit: (() => number) | undefined;
  let isRefused = false;
  let connections = 0;

  const listener = net.createServer((client) => {
    if (isRefused) {
      client.resetAndDestroy();
      return;
    }
    connections += 1;
    const server = net.connect(port, "127.0.0.1");
    const link: Link = { client, server, isFrozen: false, bytesLeft: limit?.() ?? Number.POSITIVE_INFINITY };
    links.add(link);
    forward(link, client, server);
    forward(link, server, client);
    client.once("close", () => links.delete(link));
  });
  listener.listen(0, "127.0.0.1");
  await once(listener, "listening");

  return {
    url: `http://127.0.0.1:${(listener.address() as net.AddressInfo).port}`,
    get connections() {
      return connections;
    },
    cutAll() {
      for (const link of links) cut(link);
    },
    cutEachAfter(bytes) {
      limit = bytes;
    },
    freezeAll() {
      for (const link of links) link.isFrozen = true;
    },
    refuse(refused) {
      isRefused = refused;
    },
    async close() {
      listener.close();
      for (const link of links) cut(link);
      await once(listener, "close");
    },
  };
}

function forward(link: Link, from: net.Socket, to: net.Socket): void {
  from.setNoDelay(true);
  from.on("error", () => {});
  from.on("data", (chunk: Buffer) => {
    if (link.isFrozen) return;
    const allowed = chunk.subarray(0, Math.max(0, link.bytesLeft));
    link.bytesLeft -= chunk.length;
    if (!to.write(allowed)) {
      from.pause();
      to.once("drain", () => from.resume());
    }
    // What was let through arrives before the end does.
    if (link.bytesLeft <= 0) to.end(() => cut(link));
  });
  from.once("end", () => {
    if (!link.isFrozen) to.end();
  });
  from.once("close", () => {
    if (!link.isFrozen) to.destroy();
  });
}

function cut({ client, server }: Link): void {
  client.destroy();
  server.destroy();
}
