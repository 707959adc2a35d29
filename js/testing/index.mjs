import testing from './index.js';

export const { fakeBrowser, fakeClock } = testing;
