/** A header field: its name in lower case, and its value; one character is one byte (latin1). */
export interface HeaderField {
  readonly name: string;
  readonly value: string;
}

const FIELDS = `:authority
:method GET
:method POST
:path /
:path /index.html
:scheme http
:scheme https
:status 200
:status 204
:status 206
:status 304
:status 400
:status 404
:status 500
accept-charset
accept-encoding gzip, deflate
accept-language
accept-ranges
accept
access-control-allow-origin
age
allow
authorization
cache-control
content-disposition
content-encoding
content-language
content-length
content-location
content-range
content-type
cookie
date
etag
expect
expires
from
host
if-match
if-modified-since
if-none-match
if-range
if-unmodified-since
last-modified
link
location
max-forwards
proxy-authenticate
proxy-authorization
range
referer
refresh
retry-after
server
set-cookie
strict-transport-security
transfer-encoding
user-agent
vary
via
www-authenticate`;

function toField(line: string): HeaderField {
  const space = line.indexOf(" ");
  return space < 0 ? { name: line, value: "" } : { name: line.slice(0, space), value: line.slice(space + 1) };
}

/** The fields that both sides know from the start, the first at 0 (RFC 7541, Appendix A, which counts from 1). */
export const staticFields: readonly HeaderField[] = FIELDS.split("\n").map(toField);
