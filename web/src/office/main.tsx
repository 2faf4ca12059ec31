/* Starts the officers' console. */
import './office.css';
import { render } from 'preact';
import { startTheme } from '../state/theme.ts';
import { findSession } from './api.ts';
import { App, away } from './app.tsx';
import { startClock } from './clock.ts';
import { startRoute } from './route.ts';

startTheme();
startClock();
startRoute();
const root = document.getElementById('page');
if (root) render(<App />, root);
findSession().catch(() => { away.value = true; });
