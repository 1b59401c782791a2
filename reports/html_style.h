// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace qbench::reports {

/// The style sheet of report.html. The page's Content-Security-Policy allows this one block by its hash and nothing
/// else: no script, no style attribute, no file from elsewhere. Colours keep 4.5:1 (text) and 3:1 (marks) on their
/// backgrounds in light and dark.
inline constexpr std::string_view kHtmlStyle = R"css(
:root { color-scheme: light dark; --paper: #ffffff; --ink: #1b1f24; --soft: #59636e; --rule: #d0d7de; --fill: #f6f8fa;
  --bad: #a40e26; --c0: #0550ae; --c1: #bc4c00; --c2: #116329; --c3: #8250df; --c4: #a40e26; --c5: #1b7c83;
  --c6: #7d4e00; --c7: #bf3989; }
@media (prefers-color-scheme: dark) { :root { --paper: #0d1117; --ink: #e6edf3; --soft: #9198a1; --rule: #3d444d;
  --fill: #151b23; --bad: #ff8182; --c0: #79c0ff; --c1: #ffa657; --c2: #7ee787; --c3: #d2a8ff; --c4: #ff8182;
  --c5: #76e3ea; --c6: #e3b341; --c7: #ff9bce; } }
@media print { :root { color-scheme: light; --paper: #ffffff; --ink: #000000; --soft: #444444; --rule: #999999;
  --fill: #ffffff; --bad: #8b0000; --c0: #0550ae; --c1: #bc4c00; --c2: #116329; --c3: #8250df; --c4: #a40e26;
  --c5: #1b7c83; --c6: #7d4e00; --c7: #bf3989; } table { font-size: 8pt; } .scroll { overflow: visible; } }
body { margin: 0 auto; max-width: 78rem; padding: 1rem; background: var(--paper); color: var(--ink);
  font: 1rem/1.5 system-ui, sans-serif; }
h1 { font-size: 1.6rem; margin: 0.5rem 0; overflow-wrap: anywhere; }
h2 { font-size: 1.2rem; margin: 2rem 0 0.5rem; border-bottom: 1px solid var(--rule); }
h3 { font-size: 1rem; margin: 1rem 0 0.25rem; }
p, li { overflow-wrap: anywhere; max-width: 70rem; }
ul { padding-left: 1.25rem; margin: 0.5rem 0; }
.about, .none, figcaption { color: var(--soft); }
.bad { color: var(--bad); font-weight: 600; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { padding: 0.25rem 0.6rem; border-bottom: 1px solid var(--rule); text-align: right; white-space: nowrap;
  max-width: 24rem; overflow: hidden; text-overflow: ellipsis; }
thead th { background: var(--fill); }
th[scope=row], thead th:first-child { text-align: left; font-weight: 600; }
.figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 30rem), 1fr)); gap: 1.5rem; }
figure { margin: 0; }
svg { width: 100%; height: auto; display: block; }
svg text { fill: var(--ink); font-size: 12px; }
svg .mid { text-anchor: middle; }
svg .end { text-anchor: end; }
.grid { stroke: var(--rule); stroke-width: 1; }
.c0 { --now: var(--c0); } .c1 { --now: var(--c1); } .c2 { --now: var(--c2); } .c3 { --now: var(--c3); }
.c4 { --now: var(--c4); } .c5 { --now: var(--c5); } .c6 { --now: var(--c6); } .c7 { --now: var(--c7); }
.dot, .bar { fill: var(--now); }
.line { fill: none; stroke: var(--now); stroke-width: 2; }
.whisker { stroke: var(--now); stroke-width: 2; }
.key { list-style: none; padding: 0; display: flex; flex-wrap: wrap; gap: 0.25rem 1.25rem; }
.key b { color: var(--now); }
pre { background: var(--fill); padding: 0.75rem; overflow-x: auto; }
)css";

}  // namespace qbench::reports
