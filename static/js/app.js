// Everything a page gains when scripts run. Each module finds its own elements by data attributes
// and leaves a page without them alone; every page works before any of this has loaded.
import htmx from "htmx.org";
import { askBeforeLeaving } from "./unsaved.js";
import { coachSentences } from "./sentence.js";
import { guardDoubleSubmits } from "./submits.js";
import { keepDrafts } from "./drafts.js";
import { listenForShortcuts } from "./shortcuts.js";
import { offerPrinting, unfoldOnPaper } from "./printing.js";
import { offerCopies } from "./copy.js";
import { openDialogs } from "./dialogs.js";
import { pasteCells } from "./paste.js";
import { reportRequests } from "./requests.js";
import { searchSites } from "./sites.js";
import { showTips } from "./tips.js";
import { startTheme } from "./theme.js";
import { startToasts } from "./toasts.js";
import { submitByKeyboard } from "./submit_keys.js";
import { tendMenus } from "./menus.js";
import { uploadFiles } from "./uploads.js";

window.htmx = htmx;

startTheme();
startToasts();
tendMenus();
openDialogs();
reportRequests();
listenForShortcuts();
guardDoubleSubmits();
submitByKeyboard();
offerPrinting();
unfoldOnPaper();

/** What must run again on parts of a page that htmx brought in. */
function enliven(root) {
  coachSentences(root);
  uploadFiles(root);
  pasteCells(root);
  keepDrafts(root);
  askBeforeLeaving(root);
  searchSites(root);
  showTips(root);
  offerCopies(root);
  root.querySelector("[data-focus]")?.focus();
}

enliven(document);
document.body.addEventListener("htmx:load", (event) => {
  if (event.detail.elt !== document.body) enliven(event.detail.elt);
});
