// Everything a page does by itself: zoom, evidence, filter, the plant at any moment; and growing, where it is live.
'use strict';
(() => {
  const $ = id => document.getElementById(id);
  const lanes = $('lanes'), evidence = $('evidence'), cursor = $('cursor'), ticks = $('ticks');
  const svg = (name, attributes, text) => {
    const e = document.createElementNS('http://www.w3.org/2000/svg', name);
    for (const [k, v] of Object.entries(attributes)) e.setAttribute(k, v);
    if (text !== undefined) e.textContent = text;
    return e;
  };
  const html = (name, attributes, ...children) => {
    const e = document.createElement(name);
    for (const [k, v] of Object.entries(attributes)) e.setAttribute(k, v);
    e.append(...children);
    return e;
  };

  // Time: all of it, and what is shown.
  let end = parseFloat(lanes.dataset.end), from = 0, to = end;
  const shortest = 1e-3; // a millisecond across the page: finer than most resolutions

  const clock = s => {
    const digits = to - from < 1 ? 3 : to - from < 100 ? 1 : 0;
    if (s < 0) return '−' + clock(-s);
    let rest = +s.toFixed(digits);
    const parts = [];
    for (const [unit, length] of [['h', 3600], ['m', 60]]) {
      const n = Math.floor(rest / length);
      if (n) parts.push(n + unit);
      rest -= n * length;
    }
    rest = +rest.toFixed(digits);
    if (rest || !parts.length) parts.push(rest + 's');
    return parts.join('');
  };

  const two = n => String(n).padStart(2, '0');
  const timeOfDay = t => {
    const s = Math.floor(+lanes.dataset.base + t + 1e-6) % 86400, text = two(Math.floor(s / 3600)) + ':' + two(Math.floor(s / 60) % 60);
    return to - from < 600 ? text + ':' + two(s % 60) : text;
  };

  // place puts every stretch where it belongs in the time shown; none is thinner than can be seen.
  const leastPixels = 2;
  const place = root => {
    const scale = 100 / (to - from), width = ticks.clientWidth || 800, least = leastPixels / width * 100;
    for (const g of root.querySelectorAll('.span[data-f]')) {
      if (g.parentNode.closest('[hidden]')) continue;
      const f = parseFloat(g.dataset.f), t = g.dataset.t === '' ? end : parseFloat(g.dataset.t);
      const hidden = t < from || f > to;
      g.toggleAttribute('hidden', hidden);
      g.style.display = hidden ? 'none' : '';
      if (hidden) continue;
      const x = Math.max(-1, (f - from) * scale), until = Math.min(101, (t - from) * scale);
      for (const rect of g.children) {
        rect.setAttribute('x', x + '%');
        rect.setAttribute('width', Math.max(least, until - x) + '%');
      }
    }
  };

  const steps = [1e-4, 2e-4, 5e-4, 1e-3, 2e-3, 5e-3, .01, .02, .05, .1, .2, .5, 1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1200, 1800, 3600, 7200, 10800, 21600, 43200, 86400];
  const axis = () => {
    const most = Math.max(2, Math.floor(ticks.clientWidth / 80)), step = steps.find(s => (to - from) / s <= most) || 86400 * 7;
    ticks.replaceChildren();
    for (let t = Math.ceil(from / step - 1e-9) * step; t <= to; t += step) {
      const x = (t - from) / (to - from) * 100;
      const anchor = x < 3 ? 'start' : x > 97 ? 'end' : 'middle';
      ticks.append(svg('line', {x1: x + '%', x2: x + '%', y1: '80%', y2: '100%'}));
      ticks.append(svg('text', {x: x + '%', y: 12, 'text-anchor': anchor}, clock(t)));
      if (lanes.dataset.base) ticks.append(svg('text', {x: x + '%', y: 26, 'text-anchor': anchor}, timeOfDay(t)));
    }
  };
  const draw = () => { place(lanes); axis(); };

  const show = (f, t) => {
    const length = Math.min(end, Math.max(shortest, t - f));
    from = Math.max(0, Math.min(end - length, f));
    to = from + length;
    draw();
  };
  const zoom = (factor, at = (from + to) / 2) => show(at - (at - from) * factor, at + (to - at) * factor);
  const moves = {
    in: () => zoom(.5), out: () => zoom(2), all: () => show(0, end),
    earlier: () => show(from - (to - from) / 2, to - (to - from) / 2),
    later: () => show(from + (to - from) / 2, to + (to - from) / 2),
  };
  for (const b of document.querySelectorAll('[data-zoom]')) b.addEventListener('click', () => moves[b.dataset.zoom]());

  // The cursor follows the pointer; dragging selects what to zoom to.
  const timeAt = x => {
    const box = ticks.getBoundingClientRect();
    return from + (x - box.left) / box.width * (to - from);
  };
  let drag = null, selection = null, dragged = false;
  const inTracks = e => {
    const box = ticks.getBoundingClientRect();
    return e.clientX >= box.left && e.clientX <= box.right;
  };
  lanes.addEventListener('pointermove', e => {
    cursor.hidden = !inTracks(e);
    if (cursor.hidden) return;
    const left = lanes.getBoundingClientRect().left, box = ticks.getBoundingClientRect();
    cursor.style.left = e.clientX - left + 'px';
    cursor.classList.toggle('late', e.clientX > (box.left + box.right) / 2);
    cursor.firstChild.textContent = clock(timeAt(e.clientX));
    if (drag === null || e.pointerType === 'touch') return;
    if (!selection && Math.abs(e.clientX - drag) > 6) lanes.append(selection = html('div', {class: 'selection'}));
    if (selection) {
      selection.style.left = Math.min(drag, e.clientX) - left + 'px';
      selection.style.width = Math.abs(e.clientX - drag) + 'px';
    }
  });
  lanes.addEventListener('pointerleave', () => { cursor.hidden = true; });
  lanes.addEventListener('pointerdown', e => {
    dragged = false;
    if (e.button === 0 && inTracks(e)) drag = e.clientX;
  });
  window.addEventListener('pointerup', e => {
    if (selection) {
      const ends = [timeAt(drag), timeAt(e.clientX)].sort((a, b) => a - b);
      selection.remove();
      show(ends[0], ends[1]);
      dragged = true; // the click that follows means nothing
    }
    drag = selection = null;
  });
  lanes.addEventListener('wheel', e => {
    if (e.ctrlKey) {
      e.preventDefault();
      zoom(e.deltaY > 0 ? 1.25 : .8, timeAt(e.clientX));
    } else if (Math.abs(e.deltaX) > Math.abs(e.deltaY)) {
      e.preventDefault();
      const by = e.deltaX / ticks.clientWidth * (to - from);
      show(from + by, to + by);
    }
  }, {passive: false});

  // Evidence: of what is pointed at or has the focus, or of what was kept by a click.
  let kept = null;
  const link = (text, href) => html('a', {href}, text);
  const nameOf = lane => lane.querySelector('.name, .open').textContent.replace(/^[✓✗?] /, '');
  const tell = g => {
    const line = html('p', {}, html('span', {class: 'what'}, nameOf(g.closest('.lane'))), ': ' + g.getAttribute('aria-label'));
    const more = html('p', {class: 'quiet'});
    const cause = $(g.dataset.cause);
    if (cause) more.append('because of ', link(nameOf(cause), '#' + cause.id), ' · ');
    const plant = link('the plant then', '#plant');
    plant.addEventListener('click', () => { chosen = true; plantAt(parseFloat(g.dataset.f)); });
    more.append(plant);
    if (g.dataset.log) {
      more.append(' · log ');
      g.dataset.log.split(' ').forEach(n => more.append(link(n, '#e' + n), ' '));
    }
    evidence.replaceChildren(line, more);
    evidence.classList.add('some'); // it stays in view from now on
  };
  const keep = g => {
    if (kept) kept.classList.remove('kept');
    kept = kept === g ? null : g;
    if (kept) kept.classList.add('kept');
    tell(g);
  };
  const spanOf = e => e.target.closest('.lane .span');
  lanes.addEventListener('pointerover', e => { const g = spanOf(e); if (g && !kept) tell(g); });
  lanes.addEventListener('focusin', e => { const g = spanOf(e); if (g && !kept) tell(g); });
  lanes.addEventListener('click', e => {
    if (dragged) return;
    const g = spanOf(e), open = e.target.closest('.open');
    if (open) toggle(open);
    else if (g) keep(g);
  });

  // One stretch of each lane can be reached with Tab, its neighbours with the arrows.
  const shownIn = track => [...track.querySelectorAll('.span:not([hidden])')];
  const reachable = root => {
    for (const g of root.querySelectorAll('.lane .span:not([role])')) {
      g.setAttribute('role', 'button');
      g.setAttribute('tabindex', -1);
    }
    for (const track of root.querySelectorAll('.lane .track')) {
      const first = track.querySelector('.span');
      if (first && !track.querySelector('.span[tabindex="0"]')) first.setAttribute('tabindex', 0);
    }
  };
  const go = g => {
    for (const other of g.parentNode.querySelectorAll('.span[tabindex="0"]')) other.setAttribute('tabindex', -1);
    g.setAttribute('tabindex', 0);
    g.focus();
  };
  const beside = (g, by) => shownIn(g.parentNode)[shownIn(g.parentNode).indexOf(g) + by];
  const below = (g, by) => {
    const tracks = [...lanes.querySelectorAll('.lane .track')].filter(t => t.getClientRects().length && shownIn(t).length);
    const track = tracks[tracks.indexOf(g.parentNode) + by];
    return track && shownIn(track)[0];
  };
  lanes.addEventListener('keydown', e => {
    const g = spanOf(e);
    if (!g) return;
    const next = {ArrowRight: () => beside(g, 1), ArrowLeft: () => beside(g, -1), ArrowDown: () => below(g, 1), ArrowUp: () => below(g, -1)}[e.key];
    const act = {Enter: () => keep(g), ' ': () => keep(g), '+': moves.in, '-': moves.out, '0': moves.all}[e.key];
    if (!next && !act) return;
    e.preventDefault();
    if (act) return act();
    const other = next();
    if (other) go(other);
  });

  // Lanes: opening a band, and leaving out what is not asked for.
  const toggle = (button, open = button.getAttribute('aria-expanded') !== 'true') => {
    button.setAttribute('aria-expanded', open);
    const members = $(button.getAttribute('aria-controls'));
    members.hidden = !open;
    if (open) {
      place(members);
      reachable(members);
    }
  };
  const filter = () => {
    const word = $('filter').value.trim().toLowerCase(), only = $('only').checked;
    for (const lane of lanes.querySelectorAll('.lane[data-name]')) {
      const fits = lane.dataset.name.toLowerCase().includes(word) && !(only && lane.classList.contains('calm'));
      lane.style.display = fits ? '' : 'none';
    }
  };
  $('filter').addEventListener('input', filter);
  $('only').addEventListener('change', filter);

  // A link may lead to what is closed or left out: open it.
  const reveal = () => {
    const target = $(decodeURIComponent(location.hash.slice(1)));
    if (!target) return;
    const details = target.closest('details');
    if (details) details.open = true;
    const members = target.closest('.members');
    if (members) toggle(document.querySelector(`[aria-controls="${members.id}"]`), true);
    target.style.display = '';
    target.scrollIntoView({block: target.closest('.lane, .log') ? 'center' : 'start'});
    if (!target.matches('.lane, .log li')) return;
    target.tabIndex = -1;
    target.focus({preventScroll: true});
  };
  window.addEventListener('hashchange', reveal);

  // The plant at a moment: every part in the last condition that it had by then.
  const words = {off: 'off', down: 'no carrier', failed: 'failed', dark: 'dark', boot: 'booting', stalled: 'waits', latent: 'latent'};
  const worst = Object.keys(words);
  let changes = [], of = {}, shownAt = 0, chosen = false;
  const readChanges = () => ({changes, of} = JSON.parse(document.querySelector('.changes').textContent));
  const conditions = at => {
    const parts = new Map();
    for (const c of changes || []) if (c.t <= at) parts.set(c.k, c);
    const elements = new Map();
    for (const c of parts.values()) {
      if (!c.s) continue;
      if (!elements.has(c.e)) elements.set(c.e, []);
      elements.get(c.e).push(c);
    }
    return elements;
  };
  const clear = () => {
    for (const e of document.querySelectorAll('.drawing [class*=is-]')) {
      e.classList.remove(...worst.map(s => 'is-' + s));
      const sub = e.querySelector('.sub');
      if (sub && sub.dataset.was !== undefined) sub.textContent = sub.dataset.was;
    }
    for (const e of document.querySelectorAll('.drawing .cross')) e.remove();
  };
  const cross = (g, x, y) => g.append(svg('path', {class: 'cross', d: `M${x - 5} ${y - 5}l10 10m0 -10l-10 10`}));
  const mark = (g, list) => {
    list.sort((a, b) => worst.indexOf(a.s) - worst.indexOf(b.s));
    const state = list[0].s, sub = g.querySelector('.sub'), wire = g.querySelector('.strand'), box = g.querySelector('.box');
    g.classList.add('is-' + state);
    if (sub) {
      if (sub.dataset.was === undefined) sub.dataset.was = sub.textContent;
      const many = of && of[g.id];
      sub.textContent = many ? `${new Set(list.map(c => c.k)).size} of ${many}: ${words[state]}` : words[state];
    }
    if (!['off', 'down', 'failed'].includes(state)) return;
    if (wire) {
      const at = wire.getPointAtLength(wire.getTotalLength() * .7); // below the middle, where wires cross the least
      cross(g, at.x, at.y);
    } else if (box) {
      const b = box.getBBox();
      cross(g, b.x + b.width - 3, b.y + 3);
    }
  };
  const plantAt = at => {
    shownAt = at;
    clear();
    const elements = conditions(at), told = [];
    for (const [id, list] of elements) {
      const g = $(id);
      if (!g) continue;
      mark(g, list);
      if (!g.querySelector('.box')) continue;
      const name = list[0].k.replace(/^\S+ /, '');
      told.push([list[0].l ? link(name, '#' + list[0].l) : name, ' ' + list[0].x]);
    }
    let now = null;
    for (const m of document.querySelectorAll('.moment')) {
      m.classList.remove('now');
      m.querySelector('.time').setAttribute('aria-pressed', false);
      if (parseFloat(m.dataset.t) <= at + 1e-9) now = m;
    }
    if (now) {
      now.classList.add('now');
      now.querySelector('.time').setAttribute('aria-pressed', true);
    }
    const most = 6, words = told.slice(0, most).flatMap((t, i) => i ? ['; ', ...t] : t);
    if (told.length > most) words.push(` and ${told.length - most} more`);
    if (!told.length) words.push(elements.size ? 'all nodes work, links do not' : 'all parts work');
    $('moment').replaceChildren(`At ${clock(at)}: `, ...words, '.');
  };
  $('plant').addEventListener('click', e => {
    const m = e.target.closest('.moment');
    if (!m) return;
    chosen = m.nextElementSibling !== null; // who looks at the last one looks at what is to come
    plantAt(parseFloat(m.dataset.t) + .5); // what is told together happened within half a second
  });
  const worstMoment = () => {
    let best = 0, most = -1;
    for (const m of document.querySelectorAll('.moment')) {
      const t = parseFloat(m.dataset.t) + .5, n = conditions(t).size;
      if (n > most) [best, most] = [t, n];
    }
    return best;
  };

  // A live page: parts are replaced as they change.
  const mind = e => e.id ? '#' + CSS.escape(e.id) : e.dataset.f ? `#${CSS.escape(e.closest('.lane').id)} [data-f="${e.dataset.f}"]` : e.closest('.moment') ? `.moment[data-t="${e.closest('.moment').dataset.t}"] .time` : null;
  const again = selector => selector && document.querySelector(selector);
  const replace = (part, text) => {
    const focused = part.contains(document.activeElement) && mind(document.activeElement);
    const pinned = kept && part.contains(kept) && mind(kept), opened = [...part.querySelectorAll('details')].map(d => d.open);
    part.innerHTML = text;
    part.querySelectorAll('details').forEach((d, i) => { if (i in opened) d.open = opened[i]; });
    if (pinned) kept = again(pinned);
    if (pinned && kept) kept.classList.add('kept');
    reachable(part);
    if (again(focused)) again(focused).focus({preventScroll: true});
  };
  const take = update => {
    const follows = to >= end; // who looks at all of it goes on to
    end = Math.max(end, update.now);
    for (const [id, text] of Object.entries(update.parts || {})) {
      let part = $(id);
      if (!part) $('lines').append(part = html('div', {class: 'part', id})); // the log has grown by a piece
      replace(part, text);
    }
    for (const b of lanes.querySelectorAll('.open')) {
      const members = $(b.getAttribute('aria-controls'));
      b.setAttribute('aria-expanded', !members.hidden);
    }
    if (follows && from === 0) to = end;
    reachable(lanes);
    filter();
    draw();
    readChanges();
    plantAt(chosen ? shownAt : end);
    status(update.over ? 'over' : '', update.over ? 'the run is over' : 'live, at ' + clock(update.now));
  };
  const status = (kind, text) => {
    const live = $('live');
    live.className = 'live ' + kind;
    live.textContent = text;
  };
  const listen = () => {
    const source = new EventSource('events?after=' + document.body.dataset.live);
    let over = false;
    source.onmessage = e => {
      const update = JSON.parse(e.data);
      take(update);
      over = update.over;
      if (over) source.close();
    };
    source.onerror = () => { if (!over) status('lost', 'no connection: this is what was seen until then'); };
  };

  readChanges();
  draw();
  reachable(lanes);
  plantAt(worstMoment());
  window.addEventListener('resize', draw);
  if (location.hash) reveal();
  if (document.body.dataset.live !== undefined) listen();
})();
