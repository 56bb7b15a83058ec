// Says what is being done: one line that moves on a terminal, plain lines elsewhere.
const FRAMES = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
const SLOW_MS = 15_000;

/** Shows `title` while `work` runs and how long it took. Work may `say` how far it is. */
export async function step(title, work, { out = process.stdout } = {}) {
  const started = Date.now();
  const seconds = () => `${((Date.now() - started) / 1000).toFixed(1)} s`;
  const show = out.isTTY ? spinner(title, seconds, out) : lines(title, seconds, out);
  try {
    const result = await work(show.say);
    show.end(`✔ ${title} (${seconds()})`);
    return result;
  } catch (error) {
    show.end(`✖ ${title} (${seconds()})`);
    throw error;
  }
}

function spinner(title, seconds, out) {
  let frame = 0;
  let detail = '';
  const draw = () => {
    const line = `${FRAMES[frame++ % FRAMES.length]} ${title} ${seconds()} ${detail}`;
    out.write(`\r\x1b[2K${line.slice(0, (out.columns ?? 80) - 1)}`);
  };
  const timer = setInterval(draw, 100);
  draw();
  return {
    say: (text) => (detail = text),
    end(line) {
      clearInterval(timer);
      out.write(`\r\x1b[2K${line}\n`);
    },
  };
}

function lines(title, seconds, out) {
  out.write(`… ${title}\n`);
  const timer = setInterval(() => out.write(`… ${title}: ${seconds()}\n`), SLOW_MS);
  return {
    say: () => {},
    end(line) {
      clearInterval(timer);
      out.write(`${line}\n`);
    },
  };
}
