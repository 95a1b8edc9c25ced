/**
 * Runs in the page, and only adds: the values under the pointer, read from the table under the picture, and reasons opened
 * where a browser does not open them for a fragment. Its text is hashed into the page's policy.
 */
export const SCRIPT = `'use strict';
for (const figure of document.querySelectorAll('.timeline')) {
  const duration = Number(figure.dataset.duration);
  const step = Number(figure.dataset.step);
  let data = figure.nextElementSibling;
  while (data && !data.matches('details.data')) data = data.nextElementSibling;
  const rows = data ? data.querySelectorAll('tbody tr') : [];
  const values = figure.querySelectorAll('.legend b');
  const still = Array.from(values, (value) => value.textContent);
  const crosses = figure.querySelectorAll('.cross');
  const readout = figure.querySelector('.readout');
  const plot = figure.querySelector('.panel .plot svg');
  const show = (event) => {
    const box = plot.getBoundingClientRect();
    const at = (event.clientX - box.left) / box.width;
    if (!(at >= 0 && at <= 1)) return hide();
    const row = rows[Math.min(rows.length - 1, Math.floor((at * duration) / step))];
    if (!row) return;
    for (const cross of crosses) {
      cross.setAttribute('x1', at * 100 + '%');
      cross.setAttribute('x2', at * 100 + '%');
    }
    values.forEach((value, index) => {
      const text = row.cells[index + 1].textContent;
      value.textContent = text === '–' || !value.dataset.unit ? text : text + ' ' + value.dataset.unit;
    });
    readout.textContent = 'At ' + row.cells[0].textContent + ':';
    figure.classList.add('reading');
  };
  const hide = () => {
    figure.classList.remove('reading');
    values.forEach((value, index) => { value.textContent = still[index]; });
    readout.textContent = '';
  };
  if (!plot) continue;
  figure.addEventListener('pointermove', show);
  figure.addEventListener('pointerdown', show);
  figure.addEventListener('pointerleave', hide);
}
const reveal = () => {
  const target = document.getElementById(location.hash.slice(1));
  const closed = target && target.closest('details');
  if (!closed || closed.open) return;
  closed.open = true;
  target.scrollIntoView({ block: 'center' });
};
addEventListener('hashchange', reveal);
reveal();
`;
