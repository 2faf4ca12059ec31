/* Starts the page: state first, so that requests are under way while the first picture is drawn. */
import './styles/page.css';
import { render } from 'preact';
import { startForm } from './state/form.ts';
import { RulesPage } from './rules/page.tsx';
import { ReportsPage } from './rules/reports.tsx';
import { startLogin } from './state/login.ts';
import { startSession } from './state/session.ts';
import { startStanding } from './state/standing.ts';
import { start } from './state/store.ts';
import { startTheme } from './state/theme.ts';
import { startTitle } from './state/title.ts';
import { Page } from './ui/page.tsx';
import { startKeys } from './ui/keys.ts';

startTheme();
const place = document.getElementById('page');
if (location.pathname === '/rules') {
  if (place) render(<RulesPage />, place);
} else if (location.pathname === '/transparency') {
  if (place) render(<ReportsPage />, place);
} else if (location.pathname === '/account' || location.pathname.startsWith('/account/')) {
  startLogin();
  void import('./account/app.tsx').then(({ startAccount }) => { if (place) startAccount(place); });
} else if (location.pathname === '/records') {
  startSession();
  startLogin();
  void import('./records/app.tsx').then(({ startRecords }) => { if (place) startRecords(place); });
} else {
  start();
  startSession();
  startLogin();
  startStanding();
  startForm();
  startTitle();
  startKeys();
  if (place) render(<Page />, place);
}
