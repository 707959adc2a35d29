'use strict';

const { MemoryStore } = require('secure-web-token');
const { storeSuite } = require('./suite.js');

// Its sessions are its own: all connections to them are the same object.
const store = new MemoryStore();
storeSuite({ name: 'MemoryStore', openStore: async () => ({ store, close: () => {} }) });
