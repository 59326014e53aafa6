// Large files are sent in pieces (tus): a dropped connection, a closed laptop or a restarted server
// loses one piece at most. Chosen again, also tomorrow, a file goes on where it stopped.
import { csrfToken, fill } from "./words.js";

const PIECE = 8 * 1024 * 1024;
const PAUSES = [0, 1000, 3000, 5000, 10000, 20000, 30000];
const NO_CONNECTION = 0;

/** Send the files of a form, then go on to the page that tells of their reading. */
export async function sendInPieces(form, files, box, release) {
  const { Upload } = await import("tus-js-client");
  const sending = new Sending(form, box, release);
  try {
    const batch = await sending.batchOf(Upload, files);
    for (const [place, file] of files.entries()) {
      sending.begin(place, files);
      await sending.send(Upload, file, batch);
    }
    location.assign(form.dataset.batches + batch.id);
  } catch (error) {
    sending.giveUp(error);
  }
}

class Sending {
  constructor(form, box, release) {
    this.form = form;
    this.release = release;
    this.bar = box.querySelector("progress");
    this.share = box.querySelector("[data-upload-share]");
    this.note = box.querySelector("[data-upload-note]");
    this.pauseButton = box.querySelector("[data-upload-pause]");
    this.resumeButton = box.querySelector("[data-upload-resume]");
    this.words = box.dataset;
    box.hidden = false;
    this.pauseButton.onclick = () => this.pause(this.words.paused);
    this.resumeButton.onclick = () => this.resume();
    window.addEventListener("online", () => this.isDropped && this.resume());
  }

  /** The batch that these files were begun in, or a new one. */
  async batchOf(Upload, files) {
    const kept = await Promise.all(
      files.map((file) => new Upload(file, this.options({})).findPreviousUploads()),
    );
    const earlier = kept.map((found) => found.find(({ metadata }) => metadata.batch));
    const [first] = earlier;
    const isSame = earlier.every((found) => found && found.metadata.batch === first.metadata.batch);
    if (isSame && first.metadata.batch_size === String(files.length)) {
      return { id: first.metadata.batch, size: files.length, earlier };
    }
    const signs = crypto.getRandomValues(new Uint8Array(10));
    const id = Array.from(signs, (sign) => sign.toString(16).padStart(2, "0")).join("");
    return { id, size: files.length, earlier: [] };
  }

  options(more) {
    return {
      endpoint: this.form.dataset.uploads,
      chunkSize: PIECE,
      retryDelays: PAUSES,
      removeFingerprintOnSuccess: true,
      headers: { "X-CSRFToken": csrfToken() },
      ...more,
    };
  }

  begin(place, files) {
    this.place = place;
    this.name = files[place].name;
    this.before = files.slice(0, place).reduce((sum, file) => sum + file.size, 0);
    this.total = files.reduce((sum, file) => sum + file.size, 0);
    const values = { file: this.name, n: place + 1, all: files.length };
    this.stage = fill(files.length > 1 ? this.words.sendingSeveral : this.words.sending, values);
    this.go();
  }

  send(Upload, file, batch) {
    const sheet = this.form.querySelector('input[name="sheet"]')?.value.trim();
    return new Promise((resolve, reject) => {
      this.reject = reject;
      const metadata = { filename: file.name, batch: batch.id, batch_size: String(batch.size) };
      this.upload = new Upload(file, this.options({
        metadata: sheet ? { ...metadata, sheet } : metadata,
        onProgress: (sent) => this.tell(sent),
        onSuccess: resolve,
        onError: (error) => this.stumble(error),
      }));
      const earlier = batch.earlier[this.place];
      if (earlier) this.upload.resumeFromPreviousUpload(earlier);
      this.upload.start();
    });
  }

  tell(sent) {
    this.bar.value = (100 * (this.before + sent)) / this.total;
    this.share.textContent = `${Math.floor(this.bar.value)}%`;
  }

  /** What the server refused is said; a line that is gone is waited for. */
  stumble(error) {
    const status = error.originalResponse?.getStatus() ?? NO_CONNECTION;
    if (status === NO_CONNECTION || status >= 500 || status === 401) {
      this.isDropped = status === NO_CONNECTION;
      const said = status === 401 ? this.words.signedOut : detail(error);
      this.pause(said || this.words.dropped);
    } else {
      this.reject(error);
    }
  }

  pause(said) {
    this.upload.abort();
    this.note.textContent = said;
    this.pauseButton.hidden = true;
    this.resumeButton.hidden = false;
    this.resumeButton.focus();
  }

  resume() {
    this.isDropped = false;
    this.go();
    this.upload.start();
  }

  go() {
    this.note.textContent = this.stage;
    this.pauseButton.hidden = false;
    this.resumeButton.hidden = true;
  }

  giveUp(error) {
    this.note.textContent = detail(error) || this.words.refused;
    this.pauseButton.hidden = true;
    this.resumeButton.hidden = true;
    this.release();
  }
}

/** The server's own sentence. */
function detail(error) {
  try {
    return JSON.parse(error.originalResponse.getBody()).detail;
  } catch {
    return "";
  }
}
