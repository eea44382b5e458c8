let second = 0;
let text = "";

/** Gives the time of now as HTTP writes it (RFC 9110, section 5.6.7), made once for each second. */
export function httpDate(): string {
  const now = Math.floor(Date.now() / 1000);
  if (now !== second) {
    second = now;
    text = new Date(now * 1000).toUTCString();
  }
  return text;
}
