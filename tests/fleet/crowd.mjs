/** Pages that use a fleet without a pause while it is changed under them. */

import { FleetBrowser } from './fleet_browser.mjs';
import { proofStyles } from '../support/scripted_browser.mjs';

const PAGES = {
  'new page': proofStyles['proofs of this client'],
  'old page': proofStyles['proofs as 3.0.1 makes them'],
};

/** What the pages do, one round of it at a time. Each is given the page and the crowd. */
const HABITS = {
  /** One login for all its life, and the token of that login. */
  stays: {
    begin: (page) => page.login(),
    round: (page) => page.call(),
  },
  refreshes: {
    begin: (page) => page.login(),
    async round(page, crowd) {
      await page.call();
      await page.refresh(crowd.refreshing);
      await page.call();
    },
  },
  'comes and goes': {
    async begin() {},
    async round(page, crowd) {
      await page.login();
      await page.call();
      await page.refresh(crowd.refreshing);
      await page.call();
      const past = await page.logout();
      for (const place of crowd.fleet.places) await page.assertOut(past, place, crowd);
      crowd.past.push(past);
    },
  },
};

export class Crowd {
  #ending = false;
  #lives = [];
  #fail;
  #waiting = [];

  /**
   * @param {import('./fleet.mjs').Fleet} fleet
   * @param {{ refreshes: boolean }} options refreshes: whether 3.0.1 can refresh with these keys
   */
  constructor(fleet, { refreshes }) {
    this.fleet = fleet;
    this.refreshes = refreshes;
    this.refreshing = refreshes ? {} : { only: 'new' };
    this.pages = [];
    this.past = [];
    this.seen = new Map();
    this.failed = new Promise((resolve, reject) => (this.#fail = reject));
    this.failed.catch(() => {}); // it is for whoever waits; nobody may be waiting just then
  }

  note = (what, from, to) => {
    const line = `${what} of ${from}, at ${to}`;
    this.seen.set(line, (this.seen.get(line) ?? 0) + 1);
  };

  /** A new and an old page for each habit, one user known by a text and one by a number. */
  join(group, habits) {
    for (const habit of habits) {
      Object.entries(PAGES).forEach(([page, makeProof], index) => {
        const username = index === group % 2 ? `${group}0${this.pages.length}` : `${habit}, ${page}, ${group}`;
        const browser = new FleetBrowser(this.fleet, username, makeProof, this.note);
        this.pages.push({ browser, habit, rounds: 0 });
        this.#lives.push(this.#live(this.pages.at(-1)));
      });
    }
  }

  async #live(page) {
    try {
      await HABITS[page.habit].begin(page.browser);
      while (!this.#ending) {
        await HABITS[page.habit].round(page.browser, this);
        page.rounds += 1;
        this.#waiting.forEach((look) => look());
      }
    } catch (error) {
      this.#fail(error);
    }
  }

  /** Until every page has had so many rounds more; rejected when one of them met what it should not. */
  rounds(count) {
    const goals = this.pages.map((page) => [page, page.rounds + count]);
    const reached = new Promise((resolve) => {
      const look = () => {
        if (!goals.every(([page, goal]) => page.rounds >= goal)) return;
        this.#waiting = this.#waiting.filter((other) => other !== look);
        resolve();
      };
      this.#waiting.push(look);
    });
    return Promise.race([reached, this.failed]);
  }

  /** Everybody who has logged out is still out at this process, whatever it is now. */
  async assertAllOut(place, last) {
    for (const past of this.past.slice(-last)) await past.owner.assertOut(past, place, this);
  }

  /** Lets every page finish its round, and log out if it is still in. */
  async end() {
    this.#ending = true;
    await Promise.race([Promise.all(this.#lives), this.failed]);
    for (const { browser, habit } of this.pages) {
      if (habit === 'comes and goes') continue;
      await browser.call();
      this.past.push(await browser.logout());
    }
  }

  count(what, from, to) {
    return this.seen.get(`${what} of ${from}, at ${to}`) ?? 0;
  }
}
