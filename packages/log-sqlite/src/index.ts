export { holdsLog } from "./holds-log.ts";
export {
  backUpSqliteLog,
  openSqliteLog,
  type SqliteLog,
  type SqliteLogOptions,
  type SqliteLogStats,
  verifySqliteLog,
} from "./open-sqlite-log.ts";
export { readSqliteLog, type SqliteLogReads } from "./read-sqlite-log.ts";
export type { SqliteLogDamage, SqliteLogReport } from "./report.ts";
