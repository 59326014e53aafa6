// Bundles the browser side into dist/ under names that carry the hash of their content, and
// writes dist/manifest.json: logical name -> built name. Nothing is fetched at run time.
//   node esbuild.mjs           minified, as shipped
//   node esbuild.mjs --dev     readable, with source maps
import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import * as esbuild from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const dist = join(here, "dist");
const isDev = process.argv.includes("--dev");

/** Write `content` under a name with its hash; answer that name. */
async function writeHashed(name, content) {
  const hash = createHash("sha256").update(content).digest("hex").slice(0, 8).toUpperCase();
  const [stem, ending] = [name.slice(0, name.lastIndexOf(".")), name.slice(name.lastIndexOf("."))];
  const hashed = `${stem}-${hash}${ending}`;
  await writeFile(join(dist, hashed), content);
  return hashed;
}

/** The icons we use, as the symbols of one file. */
async function sprite() {
  const names = JSON.parse(await readFile(join(here, "icons/sprite.json"), "utf8"));
  const symbols = await Promise.all(
    names.map(async (name) => {
      const file = join(here, "node_modules/lucide-static/icons", `${name}.svg`);
      const drawing = (await readFile(file, "utf8")).match(/<svg[^>]*>([\s\S]*)<\/svg>/)[1];
      const lines = drawing.trim().replace(/\s*\n\s*/g, "");
      // Stroke and fill stand on the symbol: styles of the page do not reach into this file.
      return `<symbol id="${name}" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="1.75" stroke-linecap="round" stroke-linejoin="round">${lines}</symbol>`;
    }),
  );
  return `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join("\n")}</svg>\n`;
}

const isBuilt = (name) => !name.endsWith(".map");
await mkdir(dist, { recursive: true });

const result = await esbuild.build({
  absWorkingDir: here,
  entryPoints: ["js/app.js", "js/board.js", "js/charts.js", "css/app.css"],
  outdir: "dist",
  entryNames: "[name]-[hash]",
  chunkNames: "chunk-[hash]",
  assetNames: "[name]-[hash]",
  bundle: true,
  splitting: true,
  format: "esm",
  target: ["chrome111", "firefox114", "safari16.4"],
  loader: { ".woff2": "file" },
  minify: !isDev,
  sourcemap: isDev ? "linked" : false,
  metafile: true,
  legalComments: "none",
  logLevel: "warning",
});

const manifest = {};
for (const [path, output] of Object.entries(result.metafile.outputs)) {
  const name = basename(path);
  if (!isBuilt(name)) continue;
  if (output.entryPoint) manifest[basename(output.entryPoint)] = name;
  else if (name.startsWith("inter-") && name.endsWith(".woff2")) {
    manifest[name.replace(/-opsz-normal-[A-Z0-9]+\.woff2$/, ".woff2")] = name;
  }
}
manifest["sprite.svg"] = await writeHashed("sprite.svg", await sprite());
manifest["favicon.svg"] = await writeHashed(
  "favicon.svg",
  await readFile(join(here, "icons/favicon.svg"), "utf8"),
);
const sorted = Object.fromEntries(Object.entries(manifest).sort());
// Swapped in whole, and old files go last: a server that is running never meets half a bundle.
await writeFile(join(dist, "manifest.new"), `${JSON.stringify(sorted, null, 2)}\n`);
await rename(join(dist, "manifest.new"), join(dist, "manifest.json"));
const kept = new Set(["manifest.json", manifest["sprite.svg"], manifest["favicon.svg"]]);
for (const path of Object.keys(result.metafile.outputs)) kept.add(basename(path));
for (const name of await readdir(dist)) {
  if (!kept.has(name)) await rm(join(dist, name), { recursive: true });
}
console.log(`Built ${[...kept].filter(isBuilt).length} files into static/dist`);
