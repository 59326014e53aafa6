// Unpacks the Chromium of @sparticuz/chromium into the folder given: the browser, the libraries
// that a bare system lacks, fonts and the software renderer. The package's own start does this
// only inside the cloud it was made for, and only into /tmp.
import { createReadStream, createWriteStream, mkdirSync } from "node:fs";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { createBrotliDecompress } from "node:zlib";
import { extract } from "tar-fs";

const target = process.argv[2];
const packed = join(import.meta.dirname, "node_modules", "@sparticuz", "chromium", "bin");

async function unpack(file, sink) {
  await pipeline(createReadStream(join(packed, file)), createBrotliDecompress(), sink);
}

mkdirSync(target, { recursive: true });
await Promise.all([
  unpack("chromium.br", createWriteStream(join(target, "chromium"), { mode: 0o755 })),
  unpack("swiftshader.tar.br", extract(target)),
  unpack("fonts.tar.br", extract(join(target, "fonts"))),
  unpack("al2023.tar.br", extract(target)),
]);
