// The officer's page: it asks the officer's own client on this machine and nobody else. Text that
// came from files is put in as text, never as HTML; what is secret is kept nowhere.
import { words } from './words.js';

const POLL_MS = 4000;
const STAY_MS = 60000;
const CONFIRM = 4;
const UNREADABLE = 0xffffffff; // of the budget
const token = location.pathname.split('/')[1];

// ---- small helpers ----

function el(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith('on')) element.addEventListener(name.slice(2), value);
    else if (name === 'class') element.className = value;
    else if (name in element && name !== 'list' && typeof value !== 'string') element[name] = value;
    else element.setAttribute(name, value === true ? '' : value);
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

function kept(name) {
  try { return localStorage.getItem(`officer.${name}`); } catch { return null; }
}

function keep(name, value) {
  try { localStorage.setItem(`officer.${name}`, value); } catch { /* the choice ends with the page */ }
}

let language = kept('language') ?? (navigator.language.toLowerCase().startsWith('fr') ? 'fr' : 'en');
if (!(language in words)) language = 'en';

function t(key, values = {}) {
  const text = words[language][key] ?? words.en[key] ?? key;
  return text.replace(/\{(\w+)\}/g, (whole, name) => String(values[name] ?? whole));
}

const count = (what, number) => t((number === 1 ? 'one' : 'many') + what, { count: number });

function moment(seconds) {
  return `${new Date(seconds * 1000).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}

function span(seconds) {
  const all = Math.max(0, Math.floor(seconds));
  const parts = [['days', Math.floor(all / 86400)], ['hours', Math.floor(all / 3600) % 24], ['minutes', Math.floor(all / 60) % 60], ['seconds', all % 60]];
  const first = Math.max(0, parts.findIndex(([, n]) => n > 0));
  const shown = all === 0 ? [parts[3]] : parts.slice(first, first + 2);
  return shown.map(([unit, n]) => t(unit, { n })).join(' ');
}

// The client's clock, which goes on by this one's steps.
let clock = { at: performance.now(), now: Math.floor(Date.now() / 1000) };
const now = () => clock.now + (performance.now() - clock.at) / 1000;

function until(seconds) {
  const left = seconds - now();
  return left >= 0 ? t('endsIn', { time: span(left) }) : t('endedAgo', { time: span(-left) });
}

function say(text) {
  const row = el('div', { class: 'say' }, text);
  document.getElementById('says').append(row);
  setTimeout(() => row.remove(), 6000);
}

// ---- asking the client ----

let isOver = false;
let isLost = false;

class Refused extends Error {}

async function ask(path, values = {}, body = undefined) {
  const query = new URLSearchParams(values).toString();
  const answer = await fetch(`/${token}/api/${path}${query ? `?${query}` : ''}`, {
    method: body === undefined ? 'GET' : 'POST',
    headers: { 'X-Cambist-Token': token },
    body, cache: 'no-store', credentials: 'omit', redirect: 'error', referrerPolicy: 'no-referrer',
  });
  let said = {};
  try { said = await answer.json(); } catch { /* a plain refusal */ }
  if (!answer.ok) throw new Refused(said.error ?? `${answer.status}`);
  return said;
}

let stayed = 0;
function stay() {
  if (isOver || isLost || performance.now() - stayed < STAY_MS) return;
  stayed = performance.now();
  ask('stay', {}, '').catch(() => undefined);
}
for (const event of ['keydown', 'pointerdown', 'wheel']) addEventListener(event, stay, { passive: true });

// ---- what is shown ----

let desk = null;
let view = null; // of the grant that is read
let shownList = '';

const page = document.getElementById('page');
const parts = {};

function theme() {
  return kept('theme') ?? (matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light');
}

function frame() {
  document.documentElement.lang = language;
  document.documentElement.dataset.theme = theme();
  document.title = t('title');
  parts.facts = el('div', { class: 'row' });
  parts.banner = el('div', { class: 'banner', role: 'alert', hidden: true });
  parts.list = el('nav', { class: 'list', 'aria-label': t('grants') });
  parts.detail = el('main', { class: 'detail', id: 'grant', tabindex: '-1' });
  parts.frame = el('div', { class: 'frame', 'data-view': view ? 'detail' : 'list' }, parts.list, parts.detail);
  page.replaceChildren(
    el('a', { class: 'skip', href: '#grant' }, t('skip')),
    el('header', { class: 'top' },
      el('div', { class: 'brand' }, el('img', { src: 'icon.svg', alt: '' }), t('title')),
      parts.facts,
      el('div', { class: 'tools' },
        el('button', { class: 'quiet', type: 'button', 'data-language': true, lang: language === 'en' ? 'fr' : 'en', onclick: turnLanguage }, t('language')),
        el('button', { class: 'quiet', type: 'button', 'data-theme-turn': true, onclick: turnTheme }, t('theme')),
        el('button', { class: 'quiet', type: 'button', 'data-end': true, onclick: end }, t('end')))),
    parts.banner, parts.frame);
  shownList = '';
  paintDesk();
  if (view) choose(view.hash, false);
  else paintNothing();
}

function turnLanguage() {
  language = language === 'en' ? 'fr' : 'en';
  keep('language', language);
  frame();
}

function turnTheme() {
  keep('theme', theme() === 'dark' ? 'light' : 'dark');
  document.documentElement.dataset.theme = theme();
}

async function end() {
  if (!confirm(t('endQuestion'))) return;
  isOver = true;
  await ask('end', {}, '').catch(() => undefined);
  over();
}

// Nothing of what was read stays.
function over() {
  isOver = true;
  desk = null;
  view = null;
  page.replaceChildren(el('main', { class: 'over' }, el('h1', {}, t('ended')), el('p', { class: 'dim' }, t('endedHow'))));
}

// ---- the head and the list ----

function fact(name, ...values) {
  return el('div', { class: 'fact' }, el('span', {}, name), ...values);
}

function paintHead() {
  const { me, venue, budget } = desk;
  const isBroken = budget.used === UNREADABLE;
  parts.facts.replaceChildren(
    fact(t('venue'), el('b', {}, venue)),
    fact(t('you'), el('b', { 'data-me': true }, `${me.name} · ${t('group', me)} · ${t('region', me)}`)),
    fact(t('budget'),
      isBroken ? el('b', { class: 'bad' }, t('budgetBroken')) : el('b', { 'data-budget': true }, t('budgetOf', budget)),
      isBroken ? null : el('meter', { min: 0, max: budget.limit, value: Math.min(budget.used, budget.limit), 'aria-label': t('budget') })));
}

// What a grant waits for, of its state and the steps of its openings.
function stateOf(row) {
  if (row.state !== 'opening') {
    const edge = { barred: 'bad', recused: 'bad', expired: '', refused: 'warn', approve: 'todo', approved: 'good', enough: 'good' };
    return { text: t(`state.${row.state}`), edge: edge[row.state] ?? '' };
  }
  const order = ['asks', 'held', 'begun', 'logged', 'waits', 'released', 'mismatch', 'delivered'];
  const step = row.folders.map((folder) => folder.step).sort((a, b) => order.indexOf(a) - order.indexOf(b))[0];
  const edge = { asks: 'todo', held: 'bad', mismatch: 'bad', released: 'good', delivered: 'good' };
  return { text: step ? t(`step.${step}`) : t('state.opening'), edge: edge[step] ?? '' };
}

function titleOf(row) {
  return row.kind === 'customer' ? t('kind.customer') : `${row.authority} (${row.country})`;
}

function card(row) {
  const state = stateOf(row);
  const isChosen = view?.hash === row.hash;
  const missing = row.groups.filter((group) => group.have < group.want).map((group) => t('missing', group)).join(', ');
  return el('button', { type: 'button', class: `card ${state.edge === 'todo' ? 'todo' : state.edge ? `${state.edge}-edge` : ''}`, 'data-grant': row.hash, 'aria-current': isChosen ? 'true' : null, onclick: () => choose(row.hash, true) },
    el('span', { class: 'card-head' }, el('strong', {}, titleOf(row)), row.emergency ? el('span', { class: 'chip small bad' }, t('emergency')) : null, row.bulk ? el('span', { class: 'chip small warn' }, t('bulk')) : null, row.search ? el('span', { class: 'chip small warn' }, t('search')) : null),
    el('p', { 'data-state': row.state }, state.text),
    el('p', { class: 'dim' }, `${count('People', row.people)}, ${count('Records', row.records)}${missing && row.state !== 'expired' ? ` · ${missing}` : ''}`),
    el('p', { class: 'dim' }, `${t('ends')} `, el('span', { 'data-until': row.expires }, until(row.expires)), ' · ', el('code', {}, `…${row.case.slice(-CONFIRM)}`)));
}

function paintDesk() {
  if (!desk) return;
  paintHead();
  const shown = JSON.stringify([desk.grants, desk.flaws, desk.leftOut, view?.hash]);
  if (shown === shownList) return;
  const focused = document.activeElement?.dataset?.grant;
  shownList = shown;
  const urgency = (row) => (stateOf(row).edge === 'todo' ? 0 : row.state === 'expired' ? 2 : 1);
  const rows = [...desk.grants].sort((a, b) => urgency(a) - urgency(b) || a.expires - b.expires);
  parts.list.replaceChildren(...[
    el('h2', {}, t('grants')),
    rows.length === 0 ? el('p', { class: 'empty' }, t('grantsNone')) : null,
    ...rows.map(card),
    desk.flaws.length > 0 ? el('h2', {}, t('flaws')) : null,
    ...desk.flaws.map((flaw) => el('div', { class: 'flaw', 'data-flaw': true }, el('strong', {}, flaw.file), el('div', { class: 'dim' }, flaw.why))),
    desk.leftOut > 0 ? el('p', { class: 'hint' }, t('leftOut', { count: desk.leftOut })) : null].filter(Boolean));
  if (focused) parts.list.querySelector(`[data-grant="${focused}"]`)?.focus();
}

function paintNothing() {
  parts.frame.dataset.view = 'list';
  parts.detail.replaceChildren(el('p', { class: 'empty' }, t('choose')));
}

// ---- one grant ----

// The text has one form (docs/opening.md), so each line is a name, a colon and a blank, and words.
function linesOf(text) {
  return text.trimEnd().split('\n').map((line, index) => {
    const cut = line.indexOf(': ');
    return index === 0 ? { line, key: 'first', value: line } : { line, key: line.slice(0, cut), value: line.slice(cut + 2) };
  });
}

function recordOf(value) {
  const [person, group, version, retention, epoch, how, days] = value.split(' ');
  const [from, to] = days === 'none' ? [] : days.split('..');
  return { person, group, version, retention, epoch, how, from, to };
}

const whatOf = (record) => t(record.how === 'deliver' ? 'delivered' : 'compared');
const daysOf = (record) => (record.from ? t('period', record) : t('noPeriod'));

function momentOf(value) {
  return `${value.replace('T', ' ').replace('Z', ' UTC')}, ${until(Date.parse(value) / 1000)}`;
}

function meaning({ key, value }) {
  switch (key) {
    case 'kind': case 'basis': case 'class': case 'urgency': return t(`line.${key}.${value}`);
    case 'case': return t('line.case', { tail: value.slice(-CONFIRM) });
    case 'country': {
      let country = value;
      try { country = new Intl.DisplayNames([language], { type: 'region' }).of(value) ?? value; } catch { /* as it came */ }
      return t('line.country', { country });
    }
    case 'authority': return t(value === 'none' ? 'line.authority.none' : 'line.authority');
    case 'silence': return value === 'none' ? t('line.silence.none') : t('line.silence', { when: momentOf(value) });
    case 'issued': case 'expires': return t(`line.${key}`, { when: momentOf(value) });
    case 'identifier': {
      const [person, field] = value.split(' ');
      return t('line.identifier', { person, field: t(`field.${field}`) });
    }
    case 'record': {
      const record = recordOf(value);
      return t('line.record', { ...record, group: t(`record.${record.group}`), what: whatOf(record), days: record.how === 'deliver' ? daysOf(record) : '' });
    }
    default: return t(`line.${key}`);
  }
}

function panel(name, title, ...children) {
  return el('section', { class: 'panel', 'aria-labelledby': `h-${name}`, 'data-panel': name }, el('h2', { id: `h-${name}` }, title), ...children);
}

function callout(tone, title, text) {
  return el('div', { class: `callout ${tone}` }, el('strong', {}, title), text ? el('p', {}, text) : null);
}

async function copy(text) {
  try { await navigator.clipboard.writeText(text); say(t('copied')); } catch { /* no right to it: it can be marked by hand */ }
}

function headPanel(grant) {
  const state = stateOf(grant);
  const tone = { bad: 'bad', warn: 'warn', good: 'good' }[state.edge] ?? 'dim';
  const isStopped = ['barred', 'recused', 'expired'].includes(grant.state);
  return el('section', { class: 'panel head' },
    el('div', { class: 'head-row' }, el('h1', { tabindex: '-1', id: 'grant-title' }, titleOf(grant)), el('span', { class: `chip ${tone}`, 'data-detail-state': grant.state }, state.text)),
    el('p', { class: 'dim' }, `${t(`kind.${grant.kind}`)} · ${count('People', grant.people)} · ${count('Records', grant.records)} · `, el('code', {}, grant.file)),
    isStopped ? el('div', { 'data-stopped': true }, callout('bad', state.text, grant.why)) : null,
    grant.emergency ? callout('warn', t('emergency'), t('emergencyLong')) : null,
    grant.bulk ? callout('warn', t('bulk'), t('bulkLong')) : null,
    grant.search ? callout('warn', t('search'), t('searchLong')) : null,
    el('dl', { class: 'facts' },
      el('div', {}, el('dt', {}, t('ends')), el('dd', {}, `${moment(grant.expires)}, `, el('b', { 'data-until': grant.expires }, until(grant.expires)))),
      el('div', {}, el('dt', {}, t('case')), el('dd', {}, el('code', {}, grant.case)))),
    el('div', {}, el('p', { class: 'dim' }, t('hash')), el('div', { class: 'hash' }, el('code', { 'data-hash': true }, grant.hash), el('button', { type: 'button', onclick: () => copy(grant.hash) }, t('copy'))), el('p', { class: 'hint' }, t('hashHint'))));
}

function askedPanel(lines) {
  const persons = new Map();
  const of = (number) => {
    if (!persons.has(number)) persons.set(number, { fields: [], records: [] });
    return persons.get(number);
  };
  for (const { key, value } of lines) {
    if (key === 'identifier') of(value.split(' ')[0]).fields.push(value.split(' ')[1]);
    if (key === 'record') of(value.split(' ')[0]).records.push(recordOf(value));
  }
  return panel('asked', t('asked'), el('div', { class: 'persons' }, [...persons].map(([number, person]) => el('div', { class: 'person' },
    el('h3', {}, t('person', { number })),
    el('p', { class: 'hint' }, `${t('identified')}: ${person.fields.map((field) => t(`field.${field}`)).join(', ') || t('nothingNamed')}`),
    el('ul', {}, person.records.map((record) => el('li', {}, el('strong', {}, t(`record.${record.group}`)), ' ',
      el('span', { class: `chip small ${record.how === 'deliver' ? 'warn' : 'dim'}` }, whatOf(record)),
      record.how === 'deliver' ? el('span', { class: 'what' }, daysOf(record)) : null)))))));
}

function goesPanel(grant, lines) {
  const key = lines.find((line) => line.key === 'recipient')?.value ?? '';
  const tone = grant.pinned ? 'good' : grant.allowed ? 'warn' : 'bad';
  const text = grant.pinned ? t('recipientPinned', grant) : grant.allowed ? t('recipientCustomer') : t('recipientBad');
  const recused = grant.recused.map((name) => (name === desk.me.name ? `${name} (${t('recusedYou')})` : name));
  return panel('goes', t('goes'),
    el('p', {}, el('strong', {}, titleOf(grant))), el('code', {}, key),
    callout(tone, text, grant.allowed ? null : grant.why),
    recused.length > 0 ? el('p', { class: 'hint', 'data-recused': true }, `${t('recused', grant)}: ${recused.join(', ')}`) : null);
}

function approvalsPanel(grant) {
  return panel('approvals', t('approvals'),
    el('div', { class: 'meters' }, grant.groups.map((group) => el('div', { 'data-group': group.group },
      el('span', { class: 'dots', 'aria-hidden': 'true' }, Array.from({ length: group.want }, (_, index) => el('i', { class: index < group.have ? 'on' : '' }))),
      t('approvalsHave', group)))),
    grant.approvals.length === 0 ? el('p', { class: 'dim' }, t('approvalNone')) : el('ul', { class: 'signers' }, grant.approvals.map((row) => el('li', { 'data-approval': row.name },
      el('strong', {}, row.name), row.group ? el('span', { class: 'dim' }, `${t('group', row)}, ${t('region', row)}`) : null,
      el('span', { class: row.counts ? 'good' : 'bad' }, row.counts ? `✓ ${t('counts')}` : `✗ ${t('countsNot')}`),
      row.counts ? null : el('span', { class: 'dim' }, row.why)))));
}

function textPanel(lines) {
  return panel('text', t('text'), el('p', { class: 'hint' }, t('textHint')),
    el('table', { class: 'lines', 'data-text': true },
      el('thead', {}, el('tr', {}, el('th', { scope: 'col' }, t('textLine')), el('th', { scope: 'col' }, t('textMeans')))),
      el('tbody', {}, lines.map((line) => el('tr', {}, el('td', {}, line.line), el('td', {}, meaning(line)))))));
}

// ---- forms: made once for a grant, so that what is being typed stays ----

function saved({ file, text }, done) {
  const url = URL.createObjectURL(new Blob([text], { type: 'text/plain' }));
  return el('div', { class: 'callout good', 'data-made': file }, el('strong', {}, done), el('p', {}, t('lies', { file })),
    el('p', {}, el('a', { href: url, download: file, 'data-download': true }, t('download', { file }))));
}

function refusal(error) {
  return el('div', { class: 'callout bad', role: 'alert', 'data-no': true }, el('strong', {}, t('refusedBy')), el('code', {}, error.message));
}

function paperForm(hash, lines) {
  const input = el('textarea', { id: 'paper', spellcheck: 'false', autocomplete: 'off', placeholder: t('paperExample') });
  const found = el('div', { class: 'found', 'aria-live': 'polite', 'data-paper-found': true });
  const file = el('input', { type: 'file', id: 'paper-file' });
  const fileFound = el('p', { 'aria-live': 'polite', 'data-file-found': true });
  const form = el('form', { onsubmit: async (event) => {
    event.preventDefault();
    try {
      const answer = await ask('paper', { grant: hash }, input.value);
      const met = answer.met.filter(Boolean).length;
      const all = answer.met.length;
      found.replaceChildren(
        el('strong', { class: met === all ? 'good' : 'warn' }, met === all ? `✓ ${t('paperAll', { count: all })}` : t('paperSome', { met, count: all })),
        ...answer.lines.map((row) => el('div', { class: row.fits ? 'good' : 'bad', 'data-line': String(row.line) }, `${row.fits ? '✓' : '✗'} ${t('paperLine', { number: row.line })}: `,
          row.form ? t(row.fits ? 'paperFits' : 'paperNot', { person: row.person, field: t(`field.${row.field}`) }) : t('paperForm'))));
    } catch (error) { found.replaceChildren(refusal(error)); }
  } },
  el('label', { for: 'paper', class: 'sr' }, t('paper')), input,
  el('p', { class: 'hint' }, t('paperFields', { list: 'name, birth-date, nationality, document, email, phone, account' })),
  el('div', { class: 'row' }, el('button', { type: 'submit', 'data-paper': true }, t('paperCheck'))), found);
  file.addEventListener('change', async () => {
    const chosen = file.files?.[0];
    if (!chosen) return;
    const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', await chosen.arrayBuffer()));
    const hex = [...digest].map((byte) => byte.toString(16).padStart(2, '0')).join('');
    const fits = hex === lines.find((line) => line.key === 'instrument')?.value;
    fileFound.className = fits ? 'good' : 'bad';
    fileFound.textContent = fits ? `✓ ${t('paperFileYes')}` : `✗ ${t('paperFileNo', { hash: hex })}`;
  });
  return panel('paper', t('paper'), el('p', { class: 'hint' }, t('paperHint')), form,
    el('div', { class: 'field' }, el('label', { for: 'paper-file' }, t('paperFile')), file, el('span', { class: 'hint' }, t('paperFileHint'))), fileFound);
}

function approveForm(grant) {
  const input = el('input', { type: 'text', id: 'confirm', maxlength: String(CONFIRM), autocomplete: 'off', spellcheck: 'false', autocapitalize: 'none' });
  const button = el('button', { class: 'primary', type: 'submit', 'data-approve': true, disabled: true }, t('approveDo'));
  const result = el('div', {});
  input.addEventListener('input', () => { button.disabled = input.value.trim().length !== CONFIRM; });
  const form = el('form', { onsubmit: async (event) => {
    event.preventDefault();
    button.disabled = true;
    try {
      const made = await ask('approve', { grant: grant.hash, confirm: input.value.trim().toLowerCase() }, '');
      form.hidden = true;
      result.replaceChildren(saved(made, t('approveDone')));
      await poll(true);
    } catch (error) {
      result.replaceChildren(refusal(error));
      button.disabled = false;
    }
  } }, el('div', { class: 'field confirm' }, el('label', { for: 'confirm' }, t('approveCase')), input), el('div', { class: 'row' }, button));
  const already = el('p', { class: 'good', hidden: true }, `✓ ${t('approveAlready')}`);
  const root = panel('approve', t('approve'), el('p', { class: 'hint' }, t('approveHint')), already, form, result);
  root.classList.add('act');
  return { root, paint(row) {
    root.hidden = !row.maySign && !row.mine;
    form.hidden = !row.maySign;
    already.hidden = !row.mine || result.childElementCount > 0;
    root.classList.toggle('act', row.maySign);
  } };
}

function refuseForm(grant) {
  const input = el('input', { type: 'text', id: 'reason', maxlength: '400', autocomplete: 'off' });
  const button = el('button', { class: 'danger', type: 'submit', 'data-refuse': true, disabled: true }, t('refuseDo'));
  const result = el('div', {});
  const already = el('p', { class: 'warn', hidden: true }, t('refuseAlready'));
  input.addEventListener('input', () => { button.disabled = input.value.trim() === ''; });
  const form = el('form', { onsubmit: async (event) => {
    event.preventDefault();
    button.disabled = true;
    try {
      result.replaceChildren(saved(await ask('refuse', { grant: grant.hash }, input.value.trim().replace(/\s+/g, ' ')), t('refuseDone')));
      input.value = '';
      await poll(true);
    } catch (error) {
      result.replaceChildren(refusal(error));
      button.disabled = false;
    }
  } }, el('div', { class: 'field' }, el('label', { for: 'reason' }, t('refuseReason')), input), el('div', { class: 'row' }, button));
  const root = panel('refuse', t('refuse'), el('p', { class: 'hint' }, t('refuseHint')), already, form, result);
  return { root, paint(row) {
    root.hidden = row.mine || row.state === 'opening';
    already.hidden = !row.refused || result.childElementCount > 0;
  } };
}

function pathOf(step) {
  const reached = { waits: 0, logged: 1, begun: 2, asks: 3, held: 3, released: 4, mismatch: 4, delivered: 5 }[step];
  return el('ol', { class: 'path' }, ['log', 'begun', 'shown', 'share', 'done'].map((name, index) => {
    const at = index < reached ? 'done' : index === reached ? 'now' : 'later';
    return el('li', { class: at }, el('span', { class: 'mark', 'aria-hidden': 'true' }, at === 'done' ? '✓' : ''), t(`path.${name}`), el('span', { class: 'sr' }, t(at)));
  }));
}

function openingForm(grant, name) {
  const id = `secret-${name.replace(/[^A-Za-z0-9]/g, '_')}`;
  const status = el('div', {});
  const input = el('input', { type: 'password', id, autocomplete: 'off', spellcheck: 'false' });
  const button = el('button', { class: 'primary', type: 'submit', 'data-release': true, disabled: true }, t('releaseDo', { records: count('Records', grant.records) }));
  const busy = el('div', { hidden: true, role: 'status', 'data-busy': true }, el('p', { class: 'hint' }, t('releasing')), el('progress', { 'aria-label': t('releasing') }));
  const result = el('div', {});
  const budget = el('p', { class: 'hint' });
  const look = el('button', { type: 'button', 'aria-pressed': 'false', onclick: () => {
    input.type = input.type === 'password' ? 'text' : 'password';
    look.setAttribute('aria-pressed', String(input.type === 'text'));
  } }, t('show'));
  input.addEventListener('input', () => { button.disabled = input.value === ''; });
  const form = el('form', { autocomplete: 'off', onsubmit: async (event) => {
    event.preventDefault();
    const secret = input.value;
    input.value = '';
    input.type = 'password';
    look.setAttribute('aria-pressed', 'false');
    button.disabled = true;
    busy.hidden = false;
    result.replaceChildren();
    try {
      result.replaceChildren(saved(await ask('release', { grant: grant.hash, folder: name }, secret), t('releaseDone', { file: `release.${desk.me.name}` })));
    } catch (error) {
      result.replaceChildren(refusal(error));
    } finally {
      busy.hidden = true;
      await poll(true);
    }
  } },
  el('p', { class: 'hint' }, t('releaseHint')),
  el('div', { class: 'field' }, el('label', { for: id }, t('passphrase')), el('div', { class: 'secret' }, input, look)),
  budget, el('div', { class: 'row' }, button), busy);
  const root = panel(`opening-${id}`, t('openings', { name }), status, form, result);
  root.dataset.opening = name;
  return { name, root, paint(folder) {
    const left = Math.max(0, desk.budget.limit - desk.budget.used);
    status.replaceChildren(pathOf(folder.step),
      ...[folder.entry === undefined ? null : el('p', { class: 'hint' }, t('logged', { entry: folder.entry, when: moment(folder.seen) })),
        el('p', {}, el('strong', { 'data-step': folder.step }, t(`step.${folder.step}`))),
        folder.step === 'held' ? el('div', { 'data-held': true }, callout('bad', t('held'), folder.why)) : null,
        folder.step === 'asks' ? callout('good', t('releaseHolds')) : null].filter(Boolean));
    status.className = 'form-status';
    form.hidden = folder.step !== 'asks';
    root.classList.toggle('act', folder.step === 'asks');
    budget.textContent = grant.records > left ? t('releaseOver', { left }) : t('releaseBudget', { records: count('Records', grant.records), left });
    budget.classList.toggle('bad', grant.records > left);
  } };
}

function paintGrant(grant) {
  const row = JSON.stringify({ ...grant, now: 0 });
  if (view.shown !== row) {
    const isFocused = document.activeElement?.id === 'grant-title';
    view.shown = row;
    view.head.replaceChildren(headPanel(grant));
    view.goes.replaceChildren(goesPanel(grant, view.lines), approvalsPanel(grant));
    if (isFocused) document.getElementById('grant-title').focus();
    view.approve.paint(grant);
    view.refuse.paint(grant);
    for (const folder of grant.folders) {
      let form = view.openings.find((one) => one.name === folder.name);
      if (!form) {
        form = openingForm(grant, folder.name);
        view.openings.push(form);
        view.folders.append(form.root);
      }
      form.paint(folder);
    }
  }
}

async function choose(hash, isNew) {
  let grant;
  try { grant = await ask('grant', { grant: hash }); } catch (error) { say(error.message); return; }
  const lines = linesOf(grant.text);
  view = { hash, lines, shown: '', openings: [],
    head: el('div', {}), goes: el('div', { class: 'pair' }), folders: el('div', { class: 'detail' }),
    approve: approveForm(grant), refuse: refuseForm(grant) };
  parts.frame.dataset.view = 'detail';
  parts.detail.replaceChildren(
    el('button', { type: 'button', class: 'only-narrow', 'data-back': true, onclick: back }, `← ${t('back')}`),
    view.head, view.folders, askedPanel(lines), view.goes, textPanel(lines), paperForm(hash, lines),
    el('div', { class: 'pair' }, view.approve.root, view.refuse.root));
  paintGrant(grant);
  paintDesk();
  if (isNew) {
    scrollTo({ top: 0 });
    document.getElementById('grant-title').focus();
  }
}

function back() {
  view = null;
  paintNothing();
  paintDesk();
}

// ---- time ----

async function poll(isNow = false) {
  if (isOver) return;
  try {
    desk = await ask('desk');
    clock = { at: performance.now(), now: desk.now };
    isLost = false;
    parts.banner.hidden = true;
    paintDesk();
    if (view) {
      const { hash } = view;
      const grant = await ask('grant', { grant: hash });
      if (view?.hash === hash) paintGrant(grant);
    } else if (isNow && desk.grants.length > 0 && !matchMedia('(max-width: 900px)').matches) {
      await choose(desk.grants.length === 1 ? desk.grants[0].hash : parts.list.querySelector('[data-grant]').dataset.grant, false);
    }
  } catch (error) {
    if (error instanceof Refused) {
      say(error.message);
    } else if (!isOver) {
      isLost = true;
      parts.banner.textContent = t('lost');
      parts.banner.hidden = false;
      parts.detail.querySelectorAll('button[type="submit"]').forEach((button) => { button.disabled = true; });
    }
  }
}

setInterval(() => {
  for (const place of document.querySelectorAll('[data-until]')) place.textContent = until(Number(place.dataset.until));
}, 1000);

async function run() {
  frame();
  await poll(true);
  while (!isOver) {
    await new Promise((resolve) => { setTimeout(resolve, POLL_MS); });
    await poll();
  }
}

run();
