// Sorts the table of points by a click on a column, and shows the rows that have every word of the filter.
"use strict";
(function () {
  const table = document.getElementById("points");
  if (table === null) { return; }
  const body = table.tBodies[0];
  const rows = Array.from(body.rows);
  const heads = Array.from(table.tHead.rows[0].cells);
  const value = function (row, i) {
    const cell = row.cells[i];
    const number = cell.dataset.v;
    return number === undefined || number === "" ? cell.textContent : Number(number);
  };
  const compare = function (a, b) {
    if (typeof a === "number" ? typeof b === "number" : false) { return a - b; }
    return String(a).localeCompare(String(b), undefined, { numeric: true });
  };
  heads.forEach(function (head, i) {
    head.addEventListener("click", function () {
      const down = head.getAttribute("aria-sort") === "ascending";
      heads.forEach(function (other) { other.removeAttribute("aria-sort"); });
      head.setAttribute("aria-sort", down ? "descending" : "ascending");
      rows.sort(function (a, b) { return (down ? -1 : 1) * compare(value(a, i), value(b, i)); });
      rows.forEach(function (row) { body.appendChild(row); });
    });
  });
  const filter = document.getElementById("filter");
  const shown = document.getElementById("shown");
  const show = function () {
    const words = filter.value.toLowerCase().split(" ").filter(Boolean);
    let count = 0;
    rows.forEach(function (row) {
      const cells = Array.from(row.cells).map(function (cell) { return cell.textContent; });
      const text = cells.join(" ").toLowerCase();
      row.hidden = !words.every(function (word) { return text.includes(word); });
      count += row.hidden ? 0 : 1;
    });
    shown.textContent = count + " of " + rows.length + " rows";
  };
  filter.addEventListener("input", show);
  show();
})();
