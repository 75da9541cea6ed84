'use strict';

/** Comma-separated values with double quotes, as in RFC 4180: an array of rows of texts. */
function csvOf(text) {
  const rows = [];
  let row = [];
  let cell = '';
  let quoted = false;
  let started = false;
  for (let i = 0; i < text.length; i++) {
    const c = text[i];
    if (quoted) {
      if (c !== '"') cell += c;
      else if (text[i + 1] === '"') {
        cell += '"';
        i++;
      } else quoted = false;
      continue;
    }
    if (c === '"') quoted = true;
    else if (c === ',' || c === '\n') {
      row.push(cell);
      cell = '';
      if (c === '\n') {
        rows.push(row);
        row = [];
      }
    } else if (c !== '\r') cell += c;
    started = c !== '\n';
  }
  if (started || row.length > 0) rows.push([...row, cell]);
  return rows;
}

module.exports = { csvOf };
