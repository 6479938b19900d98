// Opens reports in a headless Chromium, scrubs, and looks at what is drawn.
// Usage: node scrub.mjs CHROMIUM SCREENSHOTS FOLDER

import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import path from 'node:path';

const require = createRequire(new URL('../../web/package.json', import.meta.url));
const puppeteer = require('puppeteer-core');
const [executablePath, screenshots, folder] = process.argv.slice(2);

const browser = await puppeteer.launch({
  executablePath, headless: true,
  args: ['--no-sandbox', '--use-angle=swiftshader', '--enable-unsafe-swiftshader', '--disable-dev-shm-usage'],
});

/** Everything that the page complains about or asks the network for. */
function complaints(page) {
  const found = [];
  page.on('console', (message) => {
    // Software drawing says that reading pixels is slow; that is no fault.
    if (['error', 'warn'].includes(message.type()) && !/GPU stall|GL Driver/.test(message.text())) found.push(`console: ${message.text()}`);
  });
  page.on('pageerror', (error) => found.push(`exception: ${error.message}`));
  page.on('dialog', (dialog) => { found.push(`dialog: ${dialog.message()}`); dialog.dismiss(); });
  page.on('request', (request) => {
    const url = request.url();
    if (!request.isNavigationRequest() && !url.startsWith('data:')) found.push(`request: ${url}`);
  });
  return found;
}

const text = (page, selector) => page.$eval(selector, (element) => element.textContent);
const shoot = (page, name, whole = false) => page.screenshot({ path: path.join(screenshots, `${name}.png`), fullPage: whole });
const drawn = (page) => page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));

/** Number of different colours in what the canvas shows. */
async function colours(page) {
  const canvas = await page.$('.view canvas');
  const png = await canvas.screenshot({ encoding: 'base64' });
  return page.evaluate(async (source) => {
    const image = new Image();
    image.src = source;
    await image.decode();
    const copy = new OffscreenCanvas(image.width, image.height).getContext('2d');
    copy.drawImage(image, 0, 0);
    return new Set(new Uint32Array(copy.getImageData(0, 0, image.width, image.height).data.buffer)).size;
  }, `data:image/png;base64,${png}`);
}

async function opened(file, { width, height, scheme }) {
  const page = await browser.newPage();
  const found = complaints(page);
  await page.setViewport({ width, height });
  await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: scheme }]);
  await page.goto(pathToFileURL(file).href);
  await page.waitForSelector('#scrubber');
  await drawn(page);
  return { page, found };
}

async function drag(page) {
  const scrubber = await page.$('#scrubber');
  await scrubber.scrollIntoView();
  const box = await scrubber.boundingBox();
  const y = box.y + box.height / 2;
  await page.mouse.move(box.x + 8, y);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * 0.3, y, { steps: 4 });
  await page.mouse.move(box.x + box.width * 0.6, y, { steps: 4 });
  await page.mouse.up();
  await drawn(page);
}

async function overflow(page) {
  return page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
}

async function check(file, name, options) {
  const { page, found } = await opened(file, options);
  const before = [await text(page, '#time'), await text(page, '#position')];
  assert.match(before[0], /^0\.000/);
  await shoot(page, `${name}-start`);
  await drag(page);
  const after = [await text(page, '#time'), await text(page, '#position')];
  assert.notEqual(after[0], before[0], 'the scrubber must move the time');
  assert.notEqual(after[1], before[1], 'the scrubber must move the body');
  const count = await colours(page);
  assert.ok(count > 20, `the scene shows only ${count} colours`);
  assert.ok((await overflow(page)) <= 0, 'the page must not be wider than the window');
  const strangers = await page.evaluate(() => document.querySelectorAll('img, script[src], iframe').length);
  assert.equal(strangers, 0, 'no element may come from a recording');
  await shoot(page, `${name}-scrubbed`);
  await shoot(page, `${name}-whole`, true);
  return { page, found, after };
}

async function keys(page, after) {
  await page.keyboard.press('ArrowRight');
  assert.notEqual(await text(page, '#time'), after[0], 'an arrow must move the time');
  await page.keyboard.press('Home');
  assert.match(await text(page, '#time'), /^0\.000/);
  await page.evaluate(() => document.activeElement.blur());
  await page.keyboard.press('Space');
  await page.waitForFunction(() => !document.querySelector('#time').textContent.startsWith('0.000'));
  await page.keyboard.press('Space');
  assert.match(await text(page, '.play'), /Play/);
}

/** Two runs: where they part is told, shown and can be gone to; one can lie over the other. */
async function compared(page, name) {
  await (await page.$('.divergence button')).click();
  await drawn(page);
  assert.equal(await page.$eval('.view', (view) => view.classList.contains('parted')), true, 'the moment must be marked');
  await (await page.$('.viewbar button')).click();
  await drawn(page);
  assert.ok((await colours(page)) > 20);
  await page.evaluate(() => scrollTo(0, 0));
  await shoot(page, `${name}-overlay`);
}

/** Texts of made-up runs that look like elements are shown as they are. */
async function hostile(page) {
  for (const selector of ['header', '#verdicts', '#happenings']) {
    assert.ok((await text(page, selector)).includes('<img src=x onerror=alert(1)>'), `${selector} must show the text itself`);
  }
}

try {
  const wide = { width: 1280, height: 720 };
  const narrow = { width: 420, height: 800 };
  const runs = [
    ['one', wide, 'light'], ['one', wide, 'dark'], ['one', narrow, 'light'],
    ['two', wide, 'light'], ['two', wide, 'dark'], ['two', narrow, 'dark'],
    ['stand', wide, 'light'], ['cut', narrow, 'dark'], ['stands', wide, 'dark'],
  ];
  for (const [file, size, scheme] of runs) {
    const name = `${file}-${size === wide ? 'wide' : 'narrow'}-${scheme}`;
    const { page, found, after } = await check(path.join(folder, `${file}.html`), name, { ...size, scheme });
    if (file === 'one' || file === 'two') await hostile(page);
    await keys(page, after);
    if (file === 'two' || file === 'stands') await compared(page, name);
    if (file === 'cut') assert.match(await text(page, '.card .warning'), /truncated/);
    assert.deepEqual(found, [], `${name} must not complain or use the network`);
    await page.close();
    console.log(`${name}: scrubbed to ${after[0]}`);
  }
} finally {
  await browser.close();
}
