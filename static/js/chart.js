/* A chart beside its table. The drawing library is fetched when the chart comes into view.
   <div class="chart" role="img" aria-label="One sentence that says what the chart shows."
        data-chart="id" data-chart-src="{% static 'vendor/echarts/echarts.min.js' %}"></div>
   {{ spec|json_script:"id" }} with
   {kind: "line" | "bar", labels: [...], unit: "%" | "", min, max,
    series: [{name, values: [number | null], muted: true}], goal: {value, label}}
   null is a gap (not published). With unit "%" values are shares: 0.4 is 40 %. Colours follow the
   theme; series differ in mark and dash too, never in colour alone. */
(() => {
  const MARKS = ["circle", "rect", "triangle", "diamond"];
  const DASHES = ["solid", "dashed", "dotted"];
  const drawn = new Map();
  let library = null;

  function load(source) {
    library ??= new Promise((resolve, reject) => {
      const script = Object.assign(document.createElement("script"), { src: source });
      script.addEventListener("load", () => resolve(window.echarts));
      script.addEventListener("error", reject);
      document.head.append(script);
    });
    return library;
  }

  function colour(token) {
    const probe = document.createElement("span");
    probe.style.color = `var(${token})`;
    document.body.append(probe);
    const value = getComputedStyle(probe).color;
    probe.remove();
    return value;
  }

  const number = new Intl.NumberFormat(document.documentElement.lang, { maximumFractionDigits: 2 });
  const shown = (spec) => (value) => {
    if (value === null || value === undefined) return "–";
    return spec.unit === "%" ? `${number.format(value * 100)}\u00a0%` : number.format(value);
  };

  function series(spec, colours) {
    return spec.series.map((each, at) => ({
      type: spec.kind,
      name: each.name,
      data: each.values,
      color: each.muted ? colours.muted : colours.accent,
      symbol: MARKS[at % MARKS.length],
      symbolSize: 8,
      barMaxWidth: 36,
      lineStyle: { width: 2.5, type: DASHES[at % DASHES.length] },
      itemStyle: { borderRadius: spec.kind === "bar" ? [4, 4, 0, 0] : 0 },
      connectNulls: false,
      labelLayout: { moveOverlap: "shiftY" },
      endLabel: {
        show: spec.kind === "line" && spec.series.length > 1,
        formatter: "{a}",
        color: colours.ink,
        fontSize: 13,
        lineHeight: 18,
      },
      markLine:
        spec.goal && at === 0
          ? {
              silent: true,
              symbol: "none",
              lineStyle: { color: colours.muted, type: "dashed" },
              label: { formatter: spec.goal.label, color: colours.muted, position: "insideStartTop" },
              data: [{ yAxis: spec.goal.value }],
            }
          : undefined,
    }));
  }

  function options(spec) {
    const colours = {
      accent: colour("--accent"),
      ink: colour("--ink"),
      muted: colour("--ink-2"),
      line: colour("--line"),
      card: colour("--raised"),
    };
    const names = spec.kind === "line" && spec.series.length > 1;
    return {
      animation: false,
      aria: { enabled: true, label: { enabled: false }, decal: { show: spec.kind === "bar" && spec.series.length > 1 } },
      textStyle: { fontFamily: getComputedStyle(document.body).fontFamily, color: colours.ink },
      grid: { left: 8, right: names ? 92 : 16, top: 20, bottom: 8, outerBoundsMode: "same", outerBoundsContain: "axisLabel" },
      tooltip: {
        trigger: "axis",
        renderMode: "richText",
        confine: true,
        backgroundColor: colours.card,
        borderColor: colours.line,
        textStyle: { color: colours.ink, fontSize: 14 },
        valueFormatter: shown(spec),
      },
      xAxis: {
        type: "category",
        boundaryGap: spec.kind === "bar",
        data: spec.labels,
        axisTick: { show: false },
        axisLine: { lineStyle: { color: colours.line } },
        axisLabel: { color: colours.muted, fontSize: 13, margin: 14, hideOverlap: true },
      },
      yAxis: {
        type: "value",
        min: spec.min,
        max: spec.max,
        splitNumber: 4,
        interval: spec.unit === "%" && spec.max ? (spec.max - (spec.min ?? 0)) / 4 : undefined,
        splitLine: { lineStyle: { color: colours.line } },
        axisLabel: { color: colours.muted, fontSize: 13, formatter: shown(spec) },
      },
      series: series(spec, colours),
    };
  }

  async function draw(element) {
    const spec = JSON.parse(document.getElementById(element.dataset.chart).textContent);
    const echarts = await load(element.dataset.chartSrc);
    const chart = echarts.init(element, null, { renderer: "svg" });
    chart.setOption(options(spec));
    drawn.set(element, { chart, spec });
    new ResizeObserver(() => element.isConnected && chart.resize()).observe(element);
  }

  function redraw() {
    for (const [element, { chart, spec }] of drawn)
      if (element.isConnected) chart.setOption(options(spec), true);
      else {
        chart.dispose();
        drawn.delete(element);
      }
  }

  window.CoachHub.bind("[data-chart]", (element) => {
    const watch = new IntersectionObserver((entries) => {
      if (!entries.some((entry) => entry.isIntersecting)) return;
      watch.disconnect();
      draw(element).catch(() => element.setAttribute("hidden", ""));
    });
    watch.observe(element);
  });
  new MutationObserver(redraw).observe(document.documentElement, { attributeFilter: ["data-bs-theme"] });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);
})();
