import { execFileSync } from "node:child_process";
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { freePort, type Program, type Running, startProgram } from "./processes.ts";

/** A server that somebody might use instead, or the load generator that is used for HTTP. */
export type PeerName = "etcd" | "redis" | "postgresql" | "nats" | "h2load";

/** Where a peer's programs are, or `undefined` where it is not installed. */
export function findPeer(name: PeerName): string | undefined {
  if (name === "postgresql") return newestPostgres();
  const program = { etcd: "etcd", redis: "redis-server", nats: "nats-server", h2load: "h2load" }[name];
  return ["/usr/bin", "/usr/sbin", "/usr/local/bin"].find((folder) => existsSync(join(folder, program)));
}

function newestPostgres(): string | undefined {
  const root = "/usr/lib/postgresql";
  if (!existsSync(root)) return undefined;
  const [newest] = readdirSync(root).sort((a, b) => Number(b) - Number(a));
  return newest === undefined ? undefined : join(root, newest, "bin");
}

type Start = (bin: string, folder: string, port: number) => Program | Promise<Program>;

const starts: Readonly<Record<Exclude<PeerName, "h2load">, Start>> = {
  async etcd(bin, folder, port) {
    const [client, peer] = [`http://127.0.0.1:${port}`, `http://127.0.0.1:${await freePort()}`];
    const urls = ["--listen-client-urls", client, "--advertise-client-urls", client, "--listen-peer-urls", peer];
    const cluster = ["--initial-advertise-peer-urls", peer, "--initial-cluster", `default=${peer}`];
    const args = ["--data-dir", join(folder, "data"), "--log-level", "error", ...urls, ...cluster];
    return { name: "etcd", command: join(bin, "etcd"), args, port };
  },
  redis: (bin, folder, port) => ({
    name: "Redis",
    command: join(bin, "redis-server"),
    args: ["--port", String(port), "--dir", folder, "--save", "", "--appendonly", "yes", "--appendfsync", "always"],
    port,
  }),
  postgresql(bin, folder, port) {
    const user = postgresUser(folder);
    const data = join(folder, "data");
    execFileSync(join(bin, "initdb"), ["-D", data, "-U", "bench", "--auth=trust"], {
      stdio: "ignore",
      cwd: folder,
      ...user,
    });
    const settings = { max_connections: 300, shared_buffers: "512MB", unix_socket_directories: folder };
    const options = Object.entries(settings).flatMap(([key, value]) => ["-c", `${key}=${value}`]);
    const args = ["-D", data, "-p", String(port), "-h", "127.0.0.1", ...options];
    return {
      name: "PostgreSQL",
      command: join(bin, "postgres"),
      args,
      port,
      cwd: folder,
      ...(user !== undefined && { user }),
    };
  },
  nats: (bin, _, port) => ({
    name: "NATS",
    command: join(bin, "nats-server"),
    args: ["-a", "127.0.0.1", "-p", String(port)],
    port,
  }),
};

/** PostgreSQL does not run as root; Debian makes a user for it. */
function postgresUser(folder: string): Program["user"] {
  if (userInfo().uid !== 0) return undefined;
  const id = (flag: string) => Number(execFileSync("id", [flag, "postgres"], { encoding: "utf8" }));
  const user = { uid: id("-u"), gid: id("-g") };
  chownSync(folder, user.uid, user.gid);
  return user;
}

/** Starts a peer with a folder of its own, durable where it can be; `undefined` where it is not installed. */
export async function startPeer(name: keyof typeof starts): Promise<Running | undefined> {
  const bin = findPeer(name);
  if (bin === undefined) return undefined;
  const folder = mkdtempSync(join(tmpdir(), `bench-${name}-`));
  const running = await startProgram(await starts[name](bin, folder, await freePort()));
  return {
    ...running,
    async stop() {
      await running.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
