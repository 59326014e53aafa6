// Short explanations on hover and focus, by Bootstrap: `data-tip="words"`.
import Tooltip from "bootstrap/js/dist/tooltip";

export function showTips(root) {
  for (const element of root.querySelectorAll("[data-tip]")) {
    Tooltip.getOrCreateInstance(element, { title: element.dataset.tip, delay: { show: 250, hide: 0 } });
  }
}
