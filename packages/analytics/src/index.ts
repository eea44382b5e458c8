export { type Analytics, type AnalyticsOptions, createAnalytics } from "./create-analytics.ts";
export type { StudyReads } from "./study-runs.ts";
export type { UsesClock, UsesOptions } from "./usage/uses.ts";
export type { CommitsRead, ReadCommits, WindowOptions } from "./write-windows.ts";
