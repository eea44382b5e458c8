import { once } from "node:events";
import * as http2 from "node:http2";
import { describe, expect, onTestFinished, test } from "vitest";
import type { Settings } from "../src/settings.ts";
import { openServer } from "./open-server.ts";

const path = "/trimtab.v1.SessionService/CreateSession";

/** Calls as a page of an origin does, under a name that stands for this machine, over each version of HTTP; gives the statuses. */
async function callFrom(url: string, origin: string | undefined, contentType = "application/json"): Promise<number[]> {
  const headers = { "content-type": contentType, ...(origin !== undefined && { origin }) };
  const overHttp1 = await fetch(`${url}${path}`, { method: "POST", headers, body: "{}" });
  const connection = http2.connect(url);
  onTestFinished(() => connection.destroy());
  const stream = connection.request({ ":method": "POST", ":path": path, ...headers });
  stream.end("{}");
  const [response] = await once(stream, "response");
  stream.resume();
  await once(stream, "close");
  return [overHttp1.status, response[":status"]];
}

async function open(settings: Partial<Settings> = {}) {
  const server = await openServer(settings);
  onTestFinished(() => server.close());
  const sessions = async () => (await server.store.listSessions()).items.length;
  return { url: server.url, sessions };
}

describe("a server on loopback that asks nobody who they are", () => {
  test("is not called by pages of strangers, not even by those whose name has come to stand for this machine", async () => {
    const { url, sessions } = await open();
    for (const origin of ["http://evil.example", `http://evil.example:${new URL(url).port}`, "null", "", "x"]) {
      for (const type of ["application/json", "application/json; charset=utf-8", "text/plain"]) {
        expect(await callFrom(url, origin, type), `${origin} ${type}`).toEqual([403, 403]);
      }
    }
    expect(await sessions()).toBe(0);
  });

  test("is called by programs, and by pages of this machine and of origins that are named", async () => {
    const { url } = await open({ corsOrigins: ["https://friend.example"] });
    for (const origin of [undefined, url, "http://localhost:3000", "http://[::1]:1", "https://friend.example"]) {
      expect(await callFrom(url, origin), origin).toEqual([200, 200]);
    }
  });

  test("is called by every page where it is told so", async () => {
    const { url } = await open({ corsOrigins: ["*"] });
    expect(await callFrom(url, "http://anybody.example")).toEqual([200, 200]);
  });
});
