// Charts one can read values off. The SVG the server drew stays what is printed and read aloud;
// this lays an interactive twin over it, and only where there is a pointer worth it.
import { LineChart } from "echarts/charts";
import { GridComponent, MarkLineComponent, TooltipComponent } from "echarts/components";
import * as echarts from "echarts/core";
import { SVGRenderer } from "echarts/renderers";

echarts.use([LineChart, GridComponent, TooltipComponent, MarkLineComponent, SVGRenderer]);

const FONT = "'Inter Variable', system-ui, sans-serif";
const live = new Map();

function token(name) {
  // A probe resolves light-dark() to the colour that is shown now.
  const probe = document.createElement("i");
  probe.hidden = true;
  document.body.append(probe);
  probe.style.color = `var(--${name})`;
  const colour = getComputedStyle(probe).color;
  probe.remove();
  return colour;
}

function options(figure) {
  const { points, target, planned, xLabel, yLabel } = figure.dataset;
  const data = JSON.parse(points);
  const number = new Intl.NumberFormat(document.documentElement.lang);
  const percent = new Intl.NumberFormat(document.documentElement.lang, {
    style: "percent", maximumFractionDigits: 1,
  });
  const label = { color: token("ink-faint"), fontSize: 13, fontFamily: FONT };
  return {
    animation: false,
    textStyle: { fontFamily: FONT },
    grid: { left: 44, right: 16, top: 12, bottom: 28 },
    xAxis: {
      type: "value", min: 0, max: data.at(-1)[0], splitLine: { show: false },
      axisLine: { lineStyle: { color: token("line-strong") } },
      axisLabel: { ...label, hideOverlap: true, formatter: (value) => number.format(value) },
    },
    yAxis: {
      type: "value", min: 0, max: 1, interval: 0.25, splitLine: { lineStyle: { color: token("line") } },
      axisLabel: { ...label, formatter: (value) => percent.format(value) },
    },
    tooltip: {
      trigger: "axis", renderMode: "richText", confine: true, padding: [8, 24, 8, 12],
      backgroundColor: token("raised"), borderColor: token("line"), borderWidth: 1,
      textStyle: { color: token("ink"), fontSize: 13, fontFamily: FONT },
      axisPointer: { lineStyle: { color: token("accent"), type: "solid" } },
      formatter: ([{ value }]) =>
        `${xLabel}: ${number.format(value[0])}\n${yLabel}: ${percent.format(value[1])}`,
    },
    series: [{
      type: "line", data, smooth: 0.25, showSymbol: false,
      lineStyle: { color: token("ink"), width: 2 }, itemStyle: { color: token("accent") },
      markLine: {
        symbol: "none", silent: true, label: { show: false },
        data: [
          { yAxis: Number(target), lineStyle: { color: token("ink-soft"), type: [3, 3] } },
        ],
      },
    }, ...(planned ? [plannedSize(JSON.parse(planned))] : [])],
  };
}

/** The planned size: a point on the curve and its line down to the axis. */
function plannedSize(point) {
  const accent = token("accent");
  return {
    type: "line", data: [point], symbol: "circle", symbolSize: 10, silent: true,
    itemStyle: { color: accent, borderColor: token("surface"), borderWidth: 2 },
    tooltip: { show: false },
    markLine: {
      symbol: "none", silent: true, label: { show: false }, lineStyle: { color: accent, type: "solid" },
      data: [[{ coord: point }, { coord: [point[0], 0] }]],
    },
  };
}

function enliven(figure) {
  const drawn = figure.querySelector("svg.curve__plot");
  if (!drawn) return;
  const place = document.createElement("div");
  place.className = "curve__live is-screen-only";
  // The server's picture keeps its words for those who listen.
  place.setAttribute("role", "img");
  place.setAttribute("aria-label", drawn.getAttribute("aria-label"));
  drawn.after(place);
  const chart = echarts.init(place, null, { renderer: "svg" });
  chart.setOption(options(figure));
  drawn.setAttribute("hidden", "");
  live.set(figure, chart);
}

function enlivenAll(root) {
  for (const figure of root.querySelectorAll('[data-chart="power"]')) enliven(figure);
}

enlivenAll(document);
document.body.addEventListener("htmx:load", (event) => {
  if (event.detail.elt !== document.body) enlivenAll(event.detail.elt);
});
document.addEventListener("hadi:theme", () => {
  for (const [figure, chart] of live) chart.setOption(options(figure));
});
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
  for (const [figure, chart] of live) chart.setOption(options(figure));
});
window.addEventListener("resize", () => {
  for (const [figure, chart] of live) {
    if (figure.isConnected) chart.resize();
    else live.delete(figure);
  }
});
