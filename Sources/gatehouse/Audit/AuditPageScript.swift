/// What sorts and filters an audit's page. Without it all findings are there, with their reasons open.
enum AuditPageScript {
    /// The content of the only `script` element; its digest stands in the content policy.
    static let text = """
        "use strict";
        (function () {
          var table = document.getElementById("list");
          if (!table) return;
          var rows = Array.prototype.slice.call(table.tBodies);
          var heads = Array.prototype.slice.call(table.tHead.rows[0].cells);
          var form = document.getElementById("filter");
          var words = document.getElementById("words");
          var severity = document.getElementById("severity");
          var decision = document.getElementById("decision");
          var shown = document.getElementById("shown");
          var unfold = document.getElementById("unfold");
          var order = "the most pressing first";
          var fitting = rows.length;
          // What is printed says what was left out of it, and how it is sorted.
          function describe() {
            var by = [];
            if (words.value.trim()) by.push("with the words '" + words.value.trim() + "'");
            if (severity.value) by.push("of the severity " + severity.value);
            if (decision.value) by.push("with the decision " + decision.value);
            table.caption.textContent = (by.length ? fitting + " of " : "") + rows.length + " findings" +
              (by.length ? ", only those " + by.join(", ") : "") + "; " + order + ".";
          }
          var texts = rows.map(function (row) { return row.textContent.toLowerCase(); });
          function cell(row, column) { return row.rows[0].cells[column]; }
          function filter() {
            var wanted = words.value.toLowerCase().split(/\\s+/).filter(Boolean);
            var count = 0;
            rows.forEach(function (row, index) {
              var fits = (!severity.value || cell(row, 0).textContent === severity.value) &&
                (!decision.value || cell(row, 1).textContent === decision.value) &&
                wanted.every(function (word) { return texts[index].indexOf(word) >= 0; });
              row.hidden = !fits;
              if (fits) count += 1;
            });
            fitting = count;
            shown.textContent = count + " of " + rows.length + " findings are shown.";
            describe();
          }
          function fold(isOpen) {
            rows.forEach(function (row) { row.querySelector("details").open = isOpen; });
          }
          function sort(column) {
            var head = heads[column];
            var first = column === 0 ? "descending" : "ascending";
            var second = column === 0 ? "ascending" : "descending";
            var way = head.getAttribute("aria-sort") === first ? second : first;
            heads.forEach(function (other) { other.removeAttribute("aria-sort"); });
            head.setAttribute("aria-sort", way);
            var sign = way === "ascending" ? 1 : -1;
            var keyed = rows.map(function (row, index) {
              var place = cell(row, column);
              var number = place.getAttribute("data-value");
              return { row: row, index: index, key: number === null ? place.textContent : Number(number) };
            });
            keyed.sort(function (left, right) {
              if (left.key < right.key) return -sign;
              if (left.key > right.key) return sign;
              return left.index - right.index;
            });
            var sorted = document.createDocumentFragment();
            keyed.forEach(function (one) { sorted.appendChild(one.row); });
            table.appendChild(sorted);
            order = "by " + head.textContent.toLowerCase() + ", " + way;
            describe();
          }
          heads.forEach(function (head, column) {
            var button = document.createElement("button");
            button.type = "button";
            button.textContent = head.textContent;
            head.setAttribute("data-name", head.textContent);
            head.textContent = "";
            head.appendChild(button);
            button.addEventListener("click", function () { sort(column); });
          });
          form.addEventListener("input", filter);
          form.addEventListener("submit", function (event) { event.preventDefault(); });
          form.addEventListener("reset", function () { setTimeout(filter, 0); });
          var isOpen = false;
          unfold.addEventListener("click", function () {
            isOpen = !isOpen;
            fold(isOpen);
            unfold.textContent = isOpen ? "Close all reasons" : "Open all reasons";
          });
          var before = [];
          window.addEventListener("beforeprint", function () {
            before = rows.map(function (row) { return row.querySelector("details").open; });
            fold(true);
          });
          window.addEventListener("afterprint", function () {
            rows.forEach(function (row, index) { row.querySelector("details").open = before[index]; });
          });
          form.hidden = false;
          fold(false);
          filter();
        })();

        """
}
