/** Of a report; its text is hashed into the page's policy. Attributes carry no style: the policy forbids it. */
export const STYLE = `
:root {
  color-scheme: light dark;
  --ground: #ffffff; --card: #f4f6f9; --text: #18212c; --dim: #566273; --rule: #dbe1e8; --grid: #e6eaef; --edge: rgb(24 33 44 / 34%);
  --good: #146c36; --bad: #b3202f; --link: #1d57b5;
  --load: #0b7285; --latency: #6a4aa5; --latency-soft: #8463bd; --errors: #b42318; --ready: #b4540a; --starting: #a9712f; --wanted: #18212c; --other: #5c6979;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #10151c; --card: #18202a; --text: #e7ecf2; --dim: #9eabba; --rule: #2c3744; --grid: #222c37; --edge: rgb(190 208 228 / 38%);
    --good: #68d391; --bad: #ff8089; --link: #86b6ff;
    --load: #52c1d4; --latency: #bba3ee; --latency-soft: #9d86d6; --errors: #f5857a; --ready: #f0a35e; --starting: #c08a4c; --wanted: #e7ecf2; --other: #a4b0be;
  }
}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; }
body { margin: 0; background: var(--ground); color: var(--text); font: 16px/1.55 system-ui, -apple-system, 'Segoe UI', Roboto, sans-serif; font-variant-numeric: tabular-nums; overflow-wrap: anywhere; }
main, footer { max-width: 68rem; margin: 0 auto; padding: 0 1.25rem; }
header { padding: 2.25rem 0 .5rem; }
h1 { font-size: 1.9rem; line-height: 1.2; letter-spacing: -.015em; margin: 0; text-wrap: balance; }
header p { color: var(--dim); margin: .4rem 0 0; }
h2 { font-size: 1.3rem; line-height: 1.25; margin: 0 0 .75rem; letter-spacing: -.01em; }
h3 { font-size: .95rem; margin: 0; }
section { margin: 2.5rem 0; }
p { margin: .6rem 0; max-width: 46rem; }
a { color: var(--link); }
:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; border-radius: 3px; }
.note, figcaption, footer { color: var(--dim); font-size: .875rem; }
footer { border-top: 1px solid var(--rule); padding-top: 1rem; padding-bottom: 2rem; }
.good { color: var(--good); } .bad { color: var(--bad); }

.facts { display: grid; grid-template-columns: repeat(auto-fit, minmax(8.5rem, 1fr)); gap: .75rem; margin: 1.25rem 0 0; }
.facts div { display: flex; flex-direction: column; justify-content: space-between; background: var(--card); border: 1px solid var(--rule); border-radius: 10px; padding: .7rem .9rem; }
.facts dt { color: var(--dim); font-size: .8125rem; }
.facts dd { margin: .1rem 0 0; font-size: 1.2rem; font-weight: 600; line-height: 1.3; color: var(--text); }
.facts .good dd { color: var(--good); } .facts .bad dd { color: var(--bad); }

.claims { list-style: none; margin: 1rem 0; padding: 0; display: grid; gap: .6rem; }
.claims li { border: 1px solid var(--rule); border-left: 4px solid var(--good); border-radius: 8px; padding: .65rem .9rem; }
.claims .unmet { border-left-color: var(--bad); }
.claims p { margin: 0; max-width: none; }
.claims strong { margin-right: .35rem; white-space: nowrap; }
.claims dl { display: flex; flex-wrap: wrap; gap: .15rem 1.75rem; margin: .3rem 0 0; font-size: .9rem; }
.claims dl div { display: flex; gap: .45rem; }
.claims dt { color: var(--dim); flex: none; } .claims dd { margin: 0; }

.timeline { margin: 1.25rem 0 1rem; padding: 1rem 1.25rem .8rem 1rem; border: 1px solid var(--rule); border-radius: 12px; touch-action: pan-y pinch-zoom; }
.panel { margin-top: 1rem; break-inside: avoid; }
.panel.low { margin-top: .1rem; } .panel.low h3 { font-weight: 400; font-size: .8125rem; color: var(--dim); }
.panel h3 { display: inline; } .panel small { font-weight: 400; color: var(--dim); font-size: .8125rem; margin-left: .25em; }
.legend { display: inline-flex; flex-wrap: wrap; gap: .1rem 1.1rem; list-style: none; margin: 0 0 0 .9rem; padding: 0; font-size: .8125rem; color: var(--dim); vertical-align: baseline; }
.legend b { font-weight: 500; color: var(--text); white-space: nowrap; }
.key { width: 32px; height: 8px; margin-right: .4rem; }
.plot { padding-left: 4.5rem; }
.plot svg { display: block; width: 100%; overflow: visible; }
.plot text { fill: var(--dim); font-size: 12px; }
.plot text.value { text-anchor: end; }
.grid { stroke: var(--grid); stroke-width: 1; }
.series { fill: none; stroke: var(--other); stroke-width: 1.75; stroke-linejoin: round; stroke-linecap: round; vector-effect: non-scaling-stroke; }
.under { stroke: none; fill: var(--other); opacity: .16; }
.series.load { stroke: var(--load); } .under.load { fill: var(--load); }
.series.latency { stroke: var(--latency); } .under.latency { fill: var(--latency); }
.series.errors { stroke: var(--errors); } .under.errors { fill: var(--errors); }
.series.ready { stroke: var(--ready); } .under.ready { fill: var(--ready); }
.series.starting { stroke: var(--starting); stroke-dasharray: 2 4; } .under.starting { fill: var(--starting); }
.series.wanted { stroke: var(--wanted); stroke-dasharray: 5 4; } .under.wanted { fill: var(--wanted); }
.series.first-of-more { stroke-width: 2; stroke-dasharray: 0 4.5; } .series.second-of-more { stroke-width: 2.5; } .series.third-of-more { stroke-width: 1.5; stroke-dasharray: 9 5; stroke-linecap: butt; }
.series.latency.first-of-more { stroke: var(--latency-soft); }
.tick { stroke: var(--dim); stroke-width: 1; stroke-dasharray: 2 3; }
.tick.up { stroke: var(--ready); } .tick.down { stroke: var(--load); } .tick.incident { stroke: var(--errors); }
.touch { stroke: transparent; stroke-width: 18; }
.strip text { text-anchor: middle; font-weight: 600; fill: var(--dim); }
.strip .up text { fill: var(--ready); } .strip .down text { fill: var(--load); } .strip .incident text { fill: var(--errors); }
.strip a:hover text, .strip a:focus-visible text { text-decoration: underline; }
.cross { stroke: var(--text); stroke-width: 1; visibility: hidden; }
.reading .cross { visibility: visible; }
.axis { margin-top: .15rem; }
figcaption { margin-top: .35rem; }

.markers { list-style: none; margin: .5rem 0 1rem; padding: 0; }
.markers > li { border-top: 1px solid var(--rule); padding: .3rem 0; break-inside: avoid; }
.markers > li:has(:target), .markers > li:target { background: var(--card); }
.markers p { margin: 0; max-width: none; padding-left: 1.1rem; }
.markers summary, .data summary { cursor: pointer; }
.markers summary { padding-left: 1.1rem; text-indent: -1.1rem; }
.markers ul { margin: .35rem 0 .5rem; padding-left: 3.6rem; color: var(--dim); font-size: .9rem; scroll-margin-top: 5rem; }
.no { display: inline-block; text-indent: 0; min-width: 1.7em; padding: 0 .35em; border-radius: 999px; text-align: center; font-size: .8rem; font-weight: 600; background: var(--card); border: 1px solid var(--rule); }
.no.up { color: var(--ready); } .no.down { color: var(--load); } .no.incident { color: var(--errors); }
.at { color: var(--dim); margin: 0 .35em; }
.data { margin: .75rem 0; }

.fronts { display: grid; grid-template-columns: repeat(auto-fill, minmax(15.5rem, 1fr)); gap: 1rem; margin: 1.25rem 0; }
.front { margin: 0; break-inside: avoid; } .front figcaption { color: var(--text); font-weight: 600; font-size: .9rem; margin: 0; }
.front svg { display: block; width: 100%; } .front text { fill: var(--dim); font-size: 10px; } .front text.value { text-anchor: end; }
.front .limit { stroke: var(--errors); stroke-dasharray: 3 3; }
.front .others { fill: none; stroke: var(--dim); stroke-width: 1; opacity: .35; }
.front path.own { fill: none; stroke: var(--ready); stroke-width: 2; stroke-linejoin: round; } .front circle.own { fill: var(--ready); }
.front circle.default { fill: var(--ground); stroke: var(--ready); stroke-width: 2; }

/* What covers the shadow of an edge moves with the table: the shadow shows only where there is more of it. */
.scroll { overflow-x: auto; margin: .75rem 0; max-width: 100%; background:
  linear-gradient(to right, var(--ground) 40%, transparent) left / 2.25rem 100% no-repeat local,
  linear-gradient(to left, var(--ground) 40%, transparent) right / 2.25rem 100% no-repeat local,
  linear-gradient(to right, var(--edge), transparent) left 1px top 0 / .9rem 100% no-repeat scroll,
  linear-gradient(to left, var(--edge), transparent) right 1px top 0 / .9rem 100% no-repeat scroll; }
table { border-collapse: collapse; font-size: .9rem; min-width: 60%; }
th, td { padding: .35rem .9rem .35rem 0; text-align: left; vertical-align: top; border-bottom: 1px solid var(--rule); }
td, th[scope=row] { overflow-wrap: break-word; }
thead th { color: var(--dim); font-weight: 600; white-space: nowrap; }
tbody th { font-weight: 500; }
.number { text-align: right; }
.number, .short { white-space: nowrap; }

@media (max-width: 40rem) {
  main, footer { padding: 0 .9rem; }
  header { padding-top: 1.4rem; }
  h1 { font-size: 1.5rem; }
  .facts { grid-template-columns: repeat(2, 1fr); gap: .5rem; }
  .facts dd { font-size: 1.1rem; }
  .timeline { padding: .7rem .8rem .6rem .5rem; margin-left: -.4rem; margin-right: -.4rem; }
  .panel h3, .legend { display: flex; margin-left: 0; }
  .panel h3 { align-items: baseline; gap: .35em; }
  .plot { padding-left: 3.9rem; }
  .plot text { font-size: 11px; }
  .markers ul { padding-left: 2rem; }
}
@media print {
  :root {
    color-scheme: light;
    --ground: #fff; --card: #f4f6f9; --text: #000; --dim: #444; --rule: #ccc; --grid: #e4e4e4;
    --good: #146c36; --bad: #b3202f; --link: #000;
    --load: #0b7285; --latency: #6a4aa5; --latency-soft: #8463bd; --errors: #b42318; --ready: #b4540a; --starting: #a9712f; --wanted: #18212c; --other: #5c6979;
  }
  @page { margin: 14mm; }
  body { font-size: 10.5pt; }
  main, footer { max-width: none; padding: 0; }
  header { padding-top: 0; }
  * { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  h2, h3, .legend { break-after: avoid; }
  .claims li, .facts div, tr { break-inside: avoid; }
  thead { display: table-header-group; }
  .scroll { overflow: visible; background: none; }
  .data, .readout { display: none; }
  .markers details::details-content { content-visibility: visible; block-size: auto; }
}
`;
