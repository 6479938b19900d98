// Bundles the page's program and looks into `dist`, licences first.

import { build } from 'esbuild';
import { readFile, writeFile, mkdir } from 'node:fs/promises';

const own = (path) => new URL(path, import.meta.url);
await mkdir(own('dist'), { recursive: true });
const licences = await readFile(own('LICENSES'), 'utf8');
const css = await readFile(own('node_modules/uplot/dist/uPlot.min.css'), 'utf8') + await readFile(own('src/report.css'), 'utf8');
const made = await build({
  entryPoints: [own('src/main.js').pathname],
  bundle: true, minify: true, format: 'iife', target: 'es2022', charset: 'ascii', legalComments: 'none', write: false, treeShaking: true,
});
const looks = await build({ stdin: { contents: css, loader: 'css' }, minify: true, charset: 'ascii', write: false });
const script = made.outputFiles[0].text.replace(/<\/script/gi, '<\\/script').replace(/<!--/g, '<\\!--');
await writeFile(own('dist/report.js'), `/*\n${licences.replaceAll('*/', '* /').trim()}\n*/\n${script}`);
await writeFile(own('dist/report.css'), `/* uPlot, MIT, (c) 2022 Leon Sorokin; see LICENSES */\n${looks.outputFiles[0].text}`);
