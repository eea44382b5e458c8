/** Fetches as a client of gRPC-web in its text form does, for one that speaks the binary form. */
export const base64Fetch: typeof fetch = async (input, init) => {
  const headers = new Headers(init?.headers);
  const type = headers.get("content-type") ?? "";
  headers.set("content-type", type.replace("grpc-web", "grpc-web-text"));
  const bytes = await new Response(init?.body).bytes();
  const answer = await fetch(input, { ...init, headers, body: Buffer.from(bytes).toString("base64") });
  const answered = answer.headers.get("content-type") ?? "";
  if (!answered.startsWith("application/grpc-web-text") || answer.body === null) return answer;
  const decoded = new Headers(answer.headers);
  decoded.set("content-type", answered.replace("grpc-web-text", "grpc-web"));
  return new Response(answer.body.pipeThrough(decoding()), { status: answer.status, headers: decoded });
};

/** Takes groups of four characters, of which any may be padded. */
function decoding(): TransformStream<Uint8Array, Uint8Array> {
  let rest = "";
  return new TransformStream({
    transform(chunk, controller) {
      const text = rest + Buffer.from(chunk).toString("latin1");
      const whole = text.length - (text.length % 4);
      rest = text.slice(whole);
      for (let at = 0; at < whole; at += 4) controller.enqueue(Buffer.from(text.slice(at, at + 4), "base64"));
    },
  });
}
