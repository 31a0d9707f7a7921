-- The script of report pages: sorts tables, shows values under the pointer, enlarges pictures, and wipes between two.
-- All of it is on top: the page says the same without.
return [[
(function () {
"use strict";
var root = document.documentElement;
root.classList.add("js");
function all(selector, inside) { return Array.prototype.slice.call((inside || document).querySelectorAll(selector)); }
function make(tag, name, text) {
  var e = document.createElement(tag);
  if (name) e.className = name;
  if (text !== undefined) e.textContent = text;
  return e;
}

// Tables: a click sorts upwards, the next downwards, the third restores the order of the page.
function key(row, column) {
  var cell = row.cells[column];
  if (!cell) return null;
  if (cell.dataset.value !== undefined) return +cell.dataset.value;
  var text = cell.textContent.trim();
  return text === "" || text === "-" || text === "nan" || text === "inf" || text === "-inf" ? null : text;
}
function compare(a, b) {
  if (typeof a === "number" && typeof b === "number") return a - b;
  return String(a).localeCompare(String(b), undefined, { numeric: true });
}
all("table.sortable").forEach(function (table) {
  var body = table.tBodies[0], original = all("tr", body), heads = all("thead th", table);
  heads.forEach(function (head, column) {
    var button = make("button", "sort", head.textContent);
    button.type = "button";
    head.textContent = "";
    head.appendChild(button);
    button.addEventListener("click", function () {
      var was = head.getAttribute("aria-sort");
      var next = was === "ascending" ? "descending" : was === "descending" ? null : "ascending";
      heads.forEach(function (h) { h.removeAttribute("aria-sort"); });
      if (next) head.setAttribute("aria-sort", next);
      var sign = next === "descending" ? -1 : 1;
      var rows = original.map(function (row, i) { return { row: row, at: i, key: key(row, column) }; });
      if (next) rows.sort(function (a, b) {
        if (a.key === null || b.key === null) return (a.key === null) - (b.key === null) || a.at - b.at;
        return sign * compare(a.key, b.key) || a.at - b.at;
      });
      rows.forEach(function (r) { body.appendChild(r.row); });
    });
  });
});

// Charts.
var space = "http://www.w3.org/2000/svg";
function draw(parent, tag, attributes) {
  var e = document.createElementNS(space, tag);
  Object.keys(attributes).forEach(function (name) { e.setAttribute(name, attributes[name]); });
  return parent.appendChild(e);
}
function share(value, low, high, log) {
  return log ? Math.log(value / low) / Math.log(high / low) : (value - low) / (high - low);
}
function shown(value) {
  var size = Math.abs(value);
  return size !== 0 && (size >= 1e6 || size < 1e-4) ? value.toExponential(3) : String(+value.toPrecision(5));
}
function numbers(text) { return text.split(" ").map(Number); }
function follow(figure, svg, data) {
  var area = numbers(svg.dataset.area), span = numbers(svg.dataset.span), view = svg.viewBox.baseVal;
  var marks = draw(svg, "g", { "class": "marks" }), tip = null, at = -1;
  function px(x) { return area[0] + share(x, span[0], span[1], data.log_x) * area[2]; }
  function py(y) { return area[1] + (1 - share(y, span[2], span[3], data.log_y)) * area[3]; }
  function fits(s, i) {
    return s.y[i] !== null && s.x[i] !== null && isFinite(px(s.x[i])) && isFinite(py(s.y[i]));
  }
  var seen = {}, places = [];
  data.series.forEach(function (s) {
    s.x.forEach(function (x, i) {
      if (fits(s, i) && !seen[x]) { seen[x] = true; places.push(x); }
    });
  });
  places.sort(function (a, b) { return a - b; });
  function hide() {
    while (marks.firstChild) marks.removeChild(marks.firstChild);
    if (tip) tip.remove();
    tip = null;
    at = -1;
  }
  // Of a series the point at x, or where it has none, one less than 4 pixels away.
  function nearest(s, x) {
    var best = -1, distance = 4;
    s.x.forEach(function (value, i) {
      if (!fits(s, i)) return;
      var d = Math.abs(px(value) - px(x));
      if (d < distance) { distance = d; best = i; }
    });
    return best;
  }
  function show(place) {
    if (place === at || !places.length) return;
    hide();
    at = place;
    var x = places[place], left = px(x);
    draw(marks, "line", { "class": "cross", x1: left, x2: left, y1: area[1], y2: area[1] + area[3] });
    tip = make("div", "tip");
    tip.setAttribute("role", "status");
    tip.appendChild(make("b", "", data.x + " " + shown(x)));
    data.series.forEach(function (s) {
      var i = nearest(s, x);
      if (i < 0) return;
      draw(marks, "circle", { "class": "f" + s.colour, cx: px(s.x[i]), cy: py(s.y[i]), r: 4 });
      var line = make("div"), dot = make("i", "b" + s.colour);
      line.appendChild(dot);
      var text = (s.name ? s.name + ": " : "") + shown(s.y[i]);
      var band = s.low && s.low[i] !== null && s.high[i] !== null;
      if (band) text += " (" + shown(s.low[i]) + " to " + shown(s.high[i]) + ")";
      line.appendChild(document.createTextNode(text));
      tip.appendChild(line);
    });
    figure.appendChild(tip);
    var box = svg.getBoundingClientRect(), outer = figure.getBoundingClientRect(), scale = box.width / view.width;
    var along = left * scale, wide = tip.offsetWidth;
    var narrow = box.width < 500; // then it stands below, where it hides no curve
    var start = narrow ? Math.min(Math.max(0, along - wide / 2), box.width - wide)
      : along + 12 + wide <= box.width ? along + 12 : Math.max(0, along - 12 - wide);
    tip.style.left = box.left - outer.left + start + "px";
    tip.style.top = (narrow ? box.bottom - outer.top + 4 : box.top - outer.top + area[1] * scale) + "px";
  }
  function point(event) {
    var box = svg.getBoundingClientRect(), x = (event.clientX - box.left) / box.width * view.width;
    var best = 0;
    places.forEach(function (value, i) { if (Math.abs(px(value) - x) < Math.abs(px(places[best]) - x)) best = i; });
    show(best);
  }
  svg.addEventListener("pointermove", point);
  svg.addEventListener("pointerdown", point);
  svg.addEventListener("pointerleave", function (event) { if (event.pointerType === "mouse") hide(); });
  svg.addEventListener("blur", hide);
  svg.addEventListener("keydown", function (event) {
    var step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (event.key === "Escape") hide();
    if (event.key === "Home" || event.key === "End") show(event.key === "Home" ? 0 : places.length - 1);
    if (step) show(at < 0 ? (step > 0 ? 0 : places.length - 1) : Math.min(places.length - 1, Math.max(0, at + step)));
    if (step || event.key === "Home" || event.key === "End") event.preventDefault();
  });
}
all(".chart").forEach(function (figure) {
  var data = JSON.parse(figure.querySelector("script").textContent);
  all("svg", figure).forEach(function (svg) { follow(figure, svg, data); });
});

// Pictures: a click enlarges.
var dialog = null;
function enlarge(image) {
  if (!window.HTMLDialogElement) return;
  if (!dialog) {
    dialog = make("dialog", "zoomed");
    dialog.addEventListener("click", function () { dialog.close(); });
    document.body.appendChild(dialog);
  }
  var copy = make("img", "pixels");
  copy.src = image.src;
  copy.alt = image.alt;
  dialog.replaceChildren(copy);
  dialog.showModal();
}
all(".zoom img").forEach(function (image) {
  image.tabIndex = 0;
  image.addEventListener("click", function () { enlarge(image); });
  image.addEventListener("keydown", function (event) { if (event.key === "Enter") enlarge(image); });
});

// Two pictures, one over the other.
all(".compare").forEach(function (figure) {
  var pair = figure.querySelector(".pair"), input = make("input");
  input.type = "range";
  input.min = 0;
  input.max = 100;
  input.step = 0.5;
  input.value = 50;
  input.setAttribute("aria-label", "From " + all(".side span", pair)[0].textContent + " to "
    + all(".side span", pair)[1].textContent);
  input.addEventListener("input", function () { figure.style.setProperty("--at", input.value + "%"); });
  pair.appendChild(input);
  figure.classList.add("wipe");
});

// Contents: where the reader is.
var links = all("nav a"), targets = links.map(function (a) { return document.getElementById(a.hash.slice(1)); });
function mark() {
  var here = -1;
  targets.forEach(function (t, i) { if (t && t.getBoundingClientRect().top < window.innerHeight * 0.3) here = i; });
  links.forEach(function (a, i) { a.classList.toggle("here", i === here); });
}
if (links.length) {
  window.addEventListener("scroll", mark, { passive: true });
  mark();
}
})();
]]
