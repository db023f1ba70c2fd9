// Carries out an approved `publish_note`: writes the note to published/<slug>.md, once.
// The approved payload comes on stdin; one line of JSON on stdout says what became of it.
import { createHash, randomUUID } from 'node:crypto';
import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';

const projectDir = process.env.GOVERNED_PROJECT_DIR ?? process.cwd();
// The same key means the same approval: a second call with it must not publish a second time.
const key = process.env.GOVERNED_IDEMPOTENCY_KEY ?? randomUUID();
const mark = `<!-- published once for ${createHash('sha256').update(key).digest('hex')} -->`;

try {
  const { title, body } = readNote(await text(process.stdin));
  const { path, again } = await publish(title, `${mark}\n\n# ${title}\n\n${body.trim()}\n`);
  answer('executed', { path, already_published: again });
} catch (error) {
  answer('failed', { reason: error.message });
}

function readNote(input) {
  const note = JSON.parse(input);
  for (const field of ['title', 'body']) {
    if (typeof note?.[field] !== 'string' || note[field].trim() === '') {
      throw new Error(`the payload needs "${field}": some text`);
    }
  }
  return { title: note.title.replace(/\s+/g, ' ').trim(), body: note.body };
}

/** Never overwrites: another note with the same title gets a number behind its name. */
async function publish(title, content) {
  const folder = join(projectDir, 'published');
  await mkdir(folder, { recursive: true });
  const temporary = join(folder, `.${randomUUID()}`);
  await writeFile(temporary, content, { flag: 'wx' });
  try {
    for (let number = 1; number <= 1_000; number += 1) {
      const name = number === 1 ? `${slug(title)}.md` : `${slug(title)}-${number}.md`;
      const file = join(folder, name);
      if (await appears(temporary, file)) return { path: `published/${name}`, again: false };
      if ((await readFile(file, 'utf8')).startsWith(mark)) return { path: `published/${name}`, again: true };
    }
    throw new Error(`there are too many notes called "${title}"`);
  } finally {
    await rm(temporary, { force: true });
  }
}

/** The complete file appears under its name at once, or not at all when the name is taken. */
async function appears(temporary, file) {
  try {
    await link(temporary, file);
    return true;
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw error;
  }
}

function slug(title) {
  const plain = title.normalize('NFKD').toLowerCase();
  const words = plain
    .replace(/\p{M}/gu, '')
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 60);
  return words.replace(/^-+|-+$/g, '') || 'note';
}

function answer(outcome, detail) {
  process.stdout.write(`${JSON.stringify({ outcome, detail })}\n`);
}
