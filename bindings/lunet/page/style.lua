-- The style of report pages: light and dark, wide and narrow, screen and paper, from the fonts that a reader has.
local light = [[
--page:#fff;--text:#1d2330;--quiet:#59626f;--line:#dde1e6;--soft:#f4f6f8;--link:#0b57a4;--whisker:#1d2330;
--shade:rgba(20,28,44,.22);
--c1:#0b62b8;--c2:#c2410c;--c3:#15803d;--c4:#8b2fd6;--c5:#946000;--c6:#0e7490;--c7:#be185d;--c8:#4b5563;]]

local dark = [[
--page:#14171c;--text:#e3e6ea;--quiet:#a3acb8;--line:#343b45;--soft:#1d2229;--link:#7db8ff;--whisker:#fff;
--shade:rgba(255,255,255,.2);
--c1:#6cb2ff;--c2:#ff9a62;--c3:#5fd38d;--c4:#c9a0ff;--c5:#e3b341;--c6:#5cd6e8;--c7:#ff8cc0;--c8:#a9b7c9;]]

local colours = {}
for i = 1, 8 do
  colours[i] = (".s%d{stroke:var(--c%d)}.f%d{fill:var(--c%d)}.b%d{background:var(--c%d)}"):format(i, i, i, i, i, i)
end

local rules = [[
*{box-sizing:border-box}
html{scroll-padding-top:1rem;-webkit-text-size-adjust:100%}
body{margin:0 auto;padding:2rem 1.25rem 3rem;max-width:58rem;background:var(--page);color:var(--text);
font:16px/1.55 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",sans-serif;overflow-wrap:break-word}
h1{font-size:2rem;line-height:1.2;margin:0 0 .4rem;letter-spacing:-.015em}
h2{font-size:1.4rem;line-height:1.3;margin:2.8rem 0 .8rem;padding-top:.9rem;border-top:1px solid var(--line)}
h3{font-size:1.1rem;margin:2rem 0 .6rem}
p,ul,ol{margin:.7rem 0;max-width:44rem}
a{color:var(--link)}
code,pre{font:.875em/1.5 ui-monospace,SFMono-Regular,Menlo,Consolas,"Liberation Mono",monospace;background:var(--soft);
border-radius:4px}
code{padding:.1em .35em}
pre{padding:.8rem 1rem;margin:1rem 0}
header p{font-size:1.1rem;color:var(--quiet);margin:0}
footer{margin-top:3.5rem;padding-top:.9rem;border-top:1px solid var(--line);color:var(--quiet);font-size:.875rem}
.skip{position:absolute;left:-99rem}
.skip:focus{left:1rem;top:1rem;background:var(--page);padding:.5rem 1rem;z-index:5}
nav{margin:1.5rem 0;padding:.8rem 1rem;background:var(--soft);border-radius:8px;font-size:.9375rem}
nav p{margin:0 0 .2rem;font-weight:600}
nav ul{margin:0;padding:0;list-style:none}
nav li li{padding-left:1rem}
nav a{display:block;padding:.2rem 0;text-decoration:none}
nav a:hover{text-decoration:underline}
figure{margin:1.6rem 0;position:relative}
figcaption,caption{color:var(--quiet);font-size:.9375rem;margin-bottom:.5rem;text-align:left;max-width:44rem}
.scroll{overflow-x:auto;max-width:100%;background:linear-gradient(90deg,var(--page) 40%,transparent) 0 0/2rem 100%,
linear-gradient(270deg,var(--page) 40%,transparent) 100% 0/2rem 100%,
linear-gradient(90deg,var(--shade),transparent) 0 0/.7rem 100%,
linear-gradient(270deg,var(--shade),transparent) 100% 0/.7rem 100%;background-repeat:no-repeat;
background-attachment:local,local,scroll,scroll}
pre.scroll{background:var(--soft)}
:focus-visible{outline:2px solid var(--link);outline-offset:2px;border-radius:3px}
table{border-collapse:collapse;font-size:.9375rem;line-height:1.4;font-variant-numeric:tabular-nums}
th,td{padding:.4rem .8rem;text-align:left;vertical-align:top;border-bottom:1px solid var(--line)}
thead th{vertical-align:bottom;border-bottom:2px solid var(--line);white-space:nowrap}
th[scope=row]{font-weight:400;min-width:8rem;max-width:24rem}
tbody tr:hover{background:var(--soft)}
.number{text-align:right;white-space:nowrap}
.short{white-space:nowrap}
.sort{all:unset;font:inherit;font-weight:600;cursor:pointer;padding:.1rem 0}
.sort:focus-visible{outline:2px solid var(--link);outline-offset:2px}
.sort::after{content:"\2195";display:inline-block;width:1.1em;text-align:right;color:var(--quiet);opacity:.55}
[aria-sort=ascending] .sort::after{content:"\2191";opacity:1;color:var(--link)}
[aria-sort=descending] .sort::after{content:"\2193";opacity:1;color:var(--link)}
.note{color:var(--quiet);font-size:.9375rem;margin:.5rem 0 0}
.quiet{color:var(--quiet)}
.options th[scope=row]{font-weight:600;white-space:nowrap}
.options td{overflow-wrap:anywhere}
.chart svg{display:block;width:100%;height:auto;max-width:760px;fill:var(--text);touch-action:pan-y}
.chart .narrow{display:none}
.grid{stroke:var(--line)}
.axis{stroke:var(--quiet)}
.js .chart circle{pointer-events:none}
.cross{stroke:var(--quiet);stroke-dasharray:2 3}
.tip{position:absolute;pointer-events:none;background:var(--page);border:1px solid var(--line);border-radius:6px;
padding:.4rem .6rem;font-size:.8125rem;line-height:1.45;box-shadow:0 3px 12px rgba(0,0,0,.18);z-index:2;
max-width:16rem;font-variant-numeric:tabular-nums}
.tip b{font-weight:600}
.tip i{display:inline-block;width:.7em;height:.7em;border-radius:50%;margin-right:.45em}
details{margin:.4rem 0}
summary{cursor:pointer;color:var(--quiet);font-size:.9375rem;width:max-content;max-width:100%}
.tall,details .scroll{max-height:34rem;overflow-y:auto}
details .scroll{margin-top:.4rem}
.tall thead th,details thead th{position:sticky;top:0;background:var(--page)}
img{display:block;max-width:100%;height:auto}
.pixels{image-rendering:pixelated}
.js .zoom img{cursor:zoom-in}
.pictures{border-collapse:separate;border-spacing:0;font-size:.875rem}
.pictures th,.pictures td{border:0;padding:2px;vertical-align:middle}
.pictures tbody tr:hover{background:none}
.pictures th[scope=row]{padding-right:.8rem;min-width:4rem;max-width:9rem;position:sticky;left:0;
background:var(--page)}
.pictures thead th{font-weight:400;text-align:center;white-space:normal}
.pictures img{max-width:none}
.pair{display:flex;flex-wrap:wrap;gap:.75rem}
.side{margin:0;min-width:0}
.side span{display:block;color:var(--quiet);font-size:.875rem;margin-top:.2rem}
.wipe .pair{position:relative;display:inline-block;max-width:100%}
.wipe .side+.side{position:absolute;inset:0}
.wipe .side+.side img{clip-path:inset(0 0 0 var(--at,50%))}
.wipe .side+.side span{text-align:right}
.wipe .pair::after{content:"";position:absolute;top:0;bottom:1.6rem;left:var(--at,50%);border-left:2px solid #fff;
mix-blend-mode:difference;pointer-events:none}
.wipe input{position:absolute;inset:0 0 1.6rem 0;width:100%;height:calc(100% - 1.6rem);margin:0;opacity:0;
cursor:ew-resize;touch-action:pan-y}
.wipe:focus-within .pair{outline:2px solid var(--link);outline-offset:2px}
.zoomed{position:fixed;inset:0;width:100%;height:100%;max-width:none;max-height:none;border:0;padding:1rem;margin:0;
background:rgba(0,0,0,.88);cursor:zoom-out}
.zoomed[open]{display:flex;align-items:center;justify-content:center}
.zoomed img{width:100%;height:100%;object-fit:contain}
.bars{width:100%;max-width:44rem}
.bars th,.bars td{border:0;padding:.25rem .5rem .25rem 0;vertical-align:middle}
.bars th[scope=row]{width:1%;min-width:10rem}
.bars .number{width:1%;padding-right:0}
.bars tr:hover{background:none}
.track{min-width:7rem}
.room{display:block;position:relative;height:1.1rem;background:var(--soft);border-radius:2px}
.room .bar{position:absolute;top:0;bottom:0;border-radius:2px}
.whisker{position:absolute;top:50%;height:.5rem;margin-top:-.25rem;border:solid var(--whisker);border-width:0 1.5px}
.whisker::before{content:"";position:absolute;left:0;right:0;top:50%;margin-top:-.75px;
border-top:1.5px solid var(--whisker)}
.legend{font-size:.875rem;margin:.2rem 0 .6rem}
.key{margin-right:1rem;white-space:nowrap}
.key .bar{display:inline-block;width:.8em;height:.8em;border-radius:2px;margin-right:.4em}
.matrix{border-collapse:separate;border-spacing:2px}
.matrix th,.matrix td{border:0;text-align:center;padding:.5rem .75rem;vertical-align:middle;border-radius:3px}
.matrix th[scope=row],.matrix thead td{text-align:right;min-width:0;white-space:nowrap}
.matrix thead td,.over{color:var(--quiet);font-weight:400}
.matrix strong{text-decoration:underline;text-underline-offset:3px}
.matrix tr:hover{background:none}
.matrix .none{color:var(--quiet)}
@media (min-width:72rem){
body{max-width:76rem;display:grid;grid-template-columns:14rem minmax(0,56rem);column-gap:3rem;
grid-template-areas:"head head" "nav main" "nav foot"}
header{grid-area:head}main{grid-area:main}footer{grid-area:foot}
nav{grid-area:nav;position:sticky;top:1.5rem;align-self:start;max-height:calc(100vh - 3rem);overflow-y:auto;
background:none;padding:0;margin-top:2.8rem;padding-top:.9rem}
nav a{color:var(--quiet);border-left:2px solid var(--line);padding:.25rem 0 .25rem .8rem}
nav li li{padding-left:0}nav li li a{padding-left:1.6rem}
nav a.here{color:var(--text);border-color:var(--link)}
main>:first-child{margin-top:2.8rem}
}
@media (max-width:40rem){
body{padding:1.25rem 1rem 2rem}
h1{font-size:1.6rem}
h2{font-size:1.25rem;margin-top:2.2rem}
.chart .wide{display:none}.chart .narrow{display:block;max-width:none}
th,td{padding:.35rem .6rem}
th[scope=row],.options th[scope=row]{min-width:6rem;white-space:normal}
nav a{padding:.45rem 0}
.matrix th,.matrix td{padding:.45rem}
.bars th[scope=row]{min-width:4.5rem}
.bars .quiet{display:block}
.bars .number{font-size:.8125rem}
}
]]

local print = [[
@media print{
body{display:block;max-width:none;padding:0;font-size:10.5pt}
nav,.skip,footer,details,.sort::after,.wipe input,.tip,.cross,.marks{display:none!important}
.scroll,.tall,details .scroll{overflow:visible;max-height:none}
figure,tr,pre,img{break-inside:avoid}
h2,h3,figcaption{break-after:avoid}
.chart .narrow{display:none!important}.chart .wide{display:block!important;max-width:16cm}
p a[href^=http]::after,li a[href^=http]::after{content:" (" attr(href) ")";font-size:.85em}
.bar,.room,.matrix td{-webkit-print-color-adjust:exact;print-color-adjust:exact}
.wipe .pair{display:flex}.wipe .side+.side{position:static}.wipe .side+.side img{clip-path:none}
.wipe .side+.side span{text-align:left}.wipe .pair::after{display:none}
pre{white-space:pre-wrap}
}]]

return ":root{color-scheme:light dark;" .. light .. "}\n@media (prefers-color-scheme:dark){:root{" .. dark .. "}}\n"
  .. rules .. table.concat(colours, "\n") .. "\n@media print{:root{" .. light .. "}}\n" .. print
