import { dirname, join, normalize } from "node:path";
import { listFiles, readText } from "./files.mjs";

const LINK = /\]\(([^)\s]+)\)/g;
const HEADING = /^#+ (.*)$/gm;

/** Finds links between the pages of the repository that lead nowhere: to no file, no folder or no heading. */
export async function checkLinks() {
  const files = new Set(await listFiles());
  const folders = new Set([...files].flatMap((file) => foldersOf(file)));
  const pages = new Map(
    [...files].filter((file) => file.endsWith(".md")).map((file) => [file, withoutCode(readText(file) ?? "")]),
  );
  const failures = [...pages].flatMap(([page, text]) =>
    [...text.matchAll(LINK)].flatMap(([, target]) => {
      if (/^[a-z]+:/.test(target)) return [];
      const [path, heading] = target.split("#");
      const to = path === "" ? page : normalize(join(dirname(page), path)).replace(/\/$/, "");
      if (!files.has(to) && !folders.has(to)) return [`${page}: ${target} is not there`];
      const isThere = heading === undefined || headingsOf(pages.get(to) ?? "").has(heading);
      return isThere ? [] : [`${page}: ${target} has no such heading`];
    }),
  );
  return { failures };
}

const withoutCode = (text) => text.replace(/^```[\s\S]*?^```/gm, "");

function foldersOf(file) {
  const folder = dirname(file);
  return folder === "." ? [] : [folder, ...foldersOf(folder)];
}

/** Headings as addresses name them: lower case, hyphens for spaces, punctuation left out. */
function headingsOf(text) {
  const names = [...text.matchAll(HEADING)].map(([, heading]) => heading.trim().toLowerCase());
  return new Set(names.map((name) => name.replace(/[^\p{L}\p{N}\s_-]/gu, "").replaceAll(" ", "-")));
}
